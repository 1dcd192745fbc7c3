import { useEffect, useState } from 'preact/hooks';
import { type Route, routeIn } from './route.ts';

/** The route, as the address changes. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return routeIn(hash);
}
