import { type BuildOptions, build } from 'esbuild';

export type Plugins = NonNullable<BuildOptions['plugins']>;

/** The plugins that the functions are bundled with. */
export const plugins: Plugins = require('../../scripts/esbuild-plugins.cjs');

/** Makes plugins of parts of the SDK and what takes their place (scripts/esbuild-plugins.cjs). */
export const withStandIns: (parts: Record<string, unknown>) => Plugins[number] =
  require('../../scripts/esbuild-plugins.cjs').withStandIns;

/** A module bundled as the functions are, and loaded. */
export async function bundledAndLoaded(
  contents: string,
  using: Plugins,
  // biome-ignore lint/suspicious/noExplicitAny: what a bundle exports has no types.
): Promise<any> {
  const result = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    // Jest has no import() in code that it didn't transform.
    supported: { 'dynamic-import': false },
    mainFields: ['module', 'main'],
    external: ['@smithy/core/event-streams'],
    alias: { '@aws-sdk/credential-provider-node': './shared/runtime/environment-credentials.ts' },
    logLevel: 'silent',
    write: false,
    plugins: using,
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', result.outputFiles[0]?.text ?? '')(
    module,
    module.exports,
    require,
  );
  return module.exports;
}
