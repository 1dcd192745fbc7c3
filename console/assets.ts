import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, stop } from 'esbuild';

const PAGE = join(import.meta.dirname, 'page');
const DOCS = join(import.meta.dirname, '../docs');

/** A file that the console serves. */
export interface Asset {
  type: string;
  body: string | Uint8Array;
}

/** What is served, by its path. The page is bundled in memory at the start: there is nothing to build before. */
export async function loadAssets(): Promise<ReadonlyMap<string, Asset>> {
  const text = (type: string, folder: string, name: string): Asset => ({
    type: `${type}; charset=utf-8`,
    body: readFileSync(join(folder, name)),
  });
  const page = text('text/html', PAGE, 'index.html');
  return new Map([
    ['/console', page],
    ['/console/', page],
    ['/console/style.css', text('text/css', PAGE, 'style.css')],
    ['/console/icon.svg', text('image/svg+xml', PAGE, 'icon.svg')],
    ['/console/page.js', { type: 'text/javascript; charset=utf-8', body: await bundledPage() }],
    ['/console/openapi.yaml', text('text/plain', DOCS, 'openapi.yaml')],
    [
      '/console/refund-status-changed.schema.json',
      text('application/schema+json', DOCS, 'refund-status-changed.schema.json'),
    ],
  ]);
}

async function bundledPage(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(PAGE, 'main.tsx')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    write: false,
  });
  // Its own process would stay for nothing.
  await stop();
  return outputFiles[0]?.contents ?? new Uint8Array();
}
