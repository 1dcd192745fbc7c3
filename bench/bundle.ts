import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { parse } from 'yaml';

/**
 * Bundles a file with the options that serverless.yml has for the functions.
 *
 * @param replaced files that stand in for others, by how these are imported
 * @returns its size in bytes
 */
export function bundle(
  entry: string,
  outfile: string,
  replaced: Record<string, string> = {},
): Promise<number> {
  const { custom } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' });
  const { exclude, plugins, ...options } = custom.esbuild;
  return sizeOf(entry, outfile, {
    ...options,
    external: exclude,
    plugins: [replacing(replaced), ...createRequire(resolve('serverless.yml'))(plugins)],
  });
}

function replacing(replaced: Record<string, string>): Plugin {
  return {
    name: 'replacing',
    setup: (build) =>
      build.onResolve({ filter: /^\./ }, ({ path }) =>
        path in replaced ? { path: replaced[path] } : undefined,
      ),
  };
}

/** Bundles a file without the functions' own plugins: what those remove of the SDK counts as the functions' gain. */
export function bundlePlain(entry: string, outfile: string): Promise<number> {
  return sizeOf(entry, outfile, {
    minify: true,
    format: 'cjs',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: ['@smithy/core/event-streams'],
    alias: { '@aws-sdk/credential-provider-node': './shared/runtime/environment-credentials.ts' },
  });
}

/** Bundles the bare SDK clients. @returns their size in bytes */
export function bundleBaseline(outfile: string): Promise<number> {
  return bundlePlain('bench/sdk-clients.ts', outfile);
}

/**
 * Bundles a file by esbuild's defaults. The SDK imports `node:http` for its first call where an address has no TLS, as
 * here and never on AWS, and Node.js loads its `fetch` with it, which costs as much as several refunds: `require` doesn't.
 *
 * @returns its size in bytes
 */
export async function sizeOf(entry: string, outfile: string, options: BuildOptions = {}): Promise<number> {
  const result = await build({
    bundle: true,
    platform: 'node',
    supported: { 'dynamic-import': false },
    ...options,
    entryPoints: [entry],
    outfile,
    metafile: true,
  });
  return result.metafile?.outputs[outfile]?.bytes ?? 0;
}
