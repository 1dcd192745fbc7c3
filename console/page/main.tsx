import { render } from 'preact';
import { App } from './app.tsx';
import { takeKey } from './key.ts';

await takeKey().catch(() => {
  // The console has ended: the page says so.
});
const place = document.getElementById('console');
if (place) render(<App />, place);
