import { readFileSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';
import { parse } from 'yaml';

/** The bundle of a function, with the options of serverless.yml, and the size of its parts. */
async function bundled(plugins: BuildOptions['plugins']) {
  const {
    exclude,
    plugins: _file,
    ...options
  } = parse(readFileSync('serverless.yml', 'utf8'), {
    logLevel: 'error',
  }).custom.esbuild;
  const result = await build({
    ...options,
    external: exclude,
    platform: 'node',
    entryPoints: ['functions/apply-refund.ts'],
    write: false,
    metafile: true,
    plugins,
  });
  const [output] = Object.values(result.metafile?.outputs ?? {});
  const bytes = (part: string) =>
    Object.entries(output?.inputs ?? {})
      .filter(([file]) => file.includes(part))
      .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  return { bytes, text: result.outputFiles?.[0]?.text ?? '' };
}

const plugins = require('../../scripts/esbuild-plugins.cjs') as NonNullable<BuildOptions['plugins']>;

let whole: Awaited<ReturnType<typeof bundled>>;
let lean: Awaited<ReturnType<typeof bundled>>;

beforeAll(async () => {
  [whole, lean] = await Promise.all([bundled([]), bundled(plugins)]);
}, 60_000);

test.each([
  ['checksum/sha256/Sha256Js.js', 3_000],
  ['config/shared-ini-file-loader/', 1_500],
  ['config/config-resolver/regionConfig/getInstanceMetadataRegion.js', 1_000],
  ['retry/util-retry/AdaptiveRetryStrategy.js', 500],
  ['retry/util-retry/DefaultRateLimiter.js', 2_000],
  ['client/middleware-logger/loggerMiddleware.js', 500],
  ['client-dynamodb/dist-es/models/errors.js', 6_000],
  ['client-secrets-manager/dist-es/models/errors.js', 1_500],
  ['client-dynamodb/package.json', 1_000],
])('%s, which no function needs, loses at least %i bytes', (part, bytes) => {
  expect(whole.bytes(part)).toBeGreaterThan(bytes);
  expect(whole.bytes(part) - lean.bytes(part)).toBeGreaterThan(bytes);
});

test('an error of a service has its name, its fault and its own fields, with a class from the factory too', async () => {
  const { contents } = await loaded('client-dynamodb');
  const { ConditionalCheckFailedException, InternalServerError } = contents;
  const error = new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: { httpStatusCode: 400 },
    Item: { a: { S: '1' } },
  });
  expect(error).toBeInstanceOf(ConditionalCheckFailedException);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'ConditionalCheckFailedException',
    $fault: 'client',
    message: 'The conditional request failed',
    Item: { a: { S: '1' } },
  });
  expect(new InternalServerError({ $metadata: {} })).toMatchObject({ $fault: 'server' });
  expect(error).not.toBeInstanceOf(InternalServerError);
});

// biome-ignore lint/suspicious/noExplicitAny: the classes of a bundle have no types.
async function loaded(client: string): Promise<{ contents: Record<string, any> }> {
  const result = await build({
    stdin: { contents: `export * from '@aws-sdk/${client}'`, resolveDir: process.cwd() },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    mainFields: ['module', 'main'],
    write: false,
    plugins,
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', result.outputFiles[0]?.text ?? '')(
    module,
    module.exports,
    require,
  );
  return { contents: module.exports };
}
