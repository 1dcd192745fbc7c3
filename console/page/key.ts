/** Where the browser keeps the console's key: for this address alone, its port included. */
const KEPT = 'console-key';

const BEFORE_CODE = '#key=';

/** Whether the address is a printed link. */
export const holdsCode = () => location.hash.startsWith(BEFORE_CODE);

/** What a call of the server carries. */
export function keyHeaders(): Record<string, string> {
  const key = localStorage.getItem(KEPT);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

/**
 * Exchanges the code that the printed link ends with for the key, and takes it out of the address. A code that has been
 * used is no fault by itself: this browser may be the one that has used it.
 */
export async function takeKey(): Promise<void> {
  if (!holdsCode()) return;
  const code = location.hash.slice(BEFORE_CODE.length);
  history.replaceState(null, '', location.pathname);
  const answer = await fetch('/console/api/key', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  if (answer.ok) localStorage.setItem(KEPT, (await answer.json()).key);
}
