// Bundled first: loading it takes half of the time then.
import { build } from 'esbuild';

const outfile = 'node_modules/.cache/simulation.cjs';
await build({
  entryPoints: ['test/simulation/main.ts'],
  bundle: true,
  platform: 'node',
  outfile,
  logLevel: 'warning',
});
await import(new URL(`../${outfile}`, import.meta.url).href);
