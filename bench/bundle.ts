import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { parse } from 'yaml';

/**
 * Bundles a file with the options that serverless.yml has for the functions.
 *
 * @param replaced files that stand in for others, by how these are imported
 * @returns its size in bytes
 */
export async function bundle(
  entry: string,
  outfile: string,
  replaced: Record<string, string> = {},
): Promise<number> {
  const { custom } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' });
  const { exclude, plugins, ...options } = custom.esbuild;
  const result = await build({
    ...options,
    external: exclude,
    plugins: [replacing(replaced), ...createRequire(resolve('serverless.yml'))(plugins)],
    platform: 'node',
    entryPoints: [entry],
    outfile,
    metafile: true,
  });
  return result.metafile?.outputs[outfile]?.bytes ?? 0;
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

/** Bundles the bare SDK clients without the functions' own plugins: what those remove counts as the functions' gain. */
export async function bundleBaseline(outfile: string): Promise<number> {
  const result = await build({
    bundle: true,
    minify: true,
    format: 'cjs',
    target: 'node24',
    platform: 'node',
    mainFields: ['module', 'main'],
    external: ['@smithy/core/event-streams'],
    alias: { '@aws-sdk/credential-provider-node': './shared/runtime/environment-credentials.ts' },
    entryPoints: ['bench/sdk-clients.ts'],
    outfile,
    metafile: true,
  });
  return result.metafile?.outputs[outfile]?.bytes ?? 0;
}
