import { render } from 'preact';
import { App } from './app.tsx';
import { holdsCode, takeKey } from './key.ts';

await takeKey().catch(() => {
  // The console has ended: the page says so.
});
// A link that is opened where the console is shown changes nothing but the part behind `#`.
addEventListener('hashchange', () => {
  if (holdsCode()) location.reload();
});
const place = document.getElementById('console');
if (place) render(<App />, place);
