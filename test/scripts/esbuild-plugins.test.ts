import { readFileSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';
import { parse } from 'yaml';
import { bundledAndLoaded, plugins, withStandIns } from '../support/sdk-bundle.ts';

const { fewerErrors, fewerRegions } = require('../../scripts/sdk-edits.cjs');

/** The size of the parts of a function's bundle, made with the options of serverless.yml. */
async function bundled(using: BuildOptions['plugins']) {
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
    plugins: using,
  });
  const [output] = Object.values(result.metafile?.outputs ?? {});
  return (part: string) =>
    Object.entries(output?.inputs ?? {})
      .filter(([file]) => file.includes(part))
      .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}

let whole: Awaited<ReturnType<typeof bundled>>;
let lean: Awaited<ReturnType<typeof bundled>>;

beforeAll(async () => {
  [whole, lean] = await Promise.all([bundled([]), bundled(plugins)]);
}, 60_000);

test.each([
  ['checksum/sha256/Sha256Js.js', 3_000],
  ['config/shared-ini-file-loader/', 1_800],
  ['config/node-config-provider/', 600],
  ['config/defaults-mode/', 700],
  ['config/config-resolver/regionConfig/getInstanceMetadataRegion.js', 1_000],
  ['retry/util-retry/AdaptiveRetryStrategy.js', 500],
  ['retry/util-retry/DefaultRateLimiter.js', 2_000],
  ['client/middleware-logger/loggerMiddleware.js', 500],
  ['client/smithy-client/schemaLogFilter.js', 500],
  ['client/smithy-client/defaults-mode.js', 250],
  ['client/emitWarningIfUnsupportedVersion.js', 500],
  ['middleware-endpoint/service-customizations/s3.js', 700],
  ['protocols/HttpBindingNormalizedSchema.js', 2_500],
  ['serde/date-utils.js', 3_000],
  ['signature-v4/dist-es/HeaderFormatter.js', 2_000],
  ['lambda-invoke-store/', 2_000],
  ['client/middleware-user-agent/', 1_300],
  ['util-endpoints/lib/aws/partitions.js', 2_500],
  ['client-dynamodb/dist-es/models/errors.js', 8_500],
  ['client-dynamodb/dist-es/schemas/', 4_000],
  ['client-dynamodb/dist-es/runtimeExtensions.js', 100],
  ['client-dynamodb/dist-es/auth/httpAuthExtensionConfiguration.js', 400],
  ['client-dynamodb/dist-es/commands/DescribeEndpointsCommand.js', 50],
  ['client-dynamodb/package.json', 1_000],
  ['client-secrets-manager/dist-es/models/errors.js', 3_000],
  ['client-secrets-manager/dist-es/schemas/', 1_000],
  ['client-secrets-manager/package.json', 1_000],
])('%s, which no function needs, loses at least %i bytes', (part, bytes) => {
  expect(whole(part)).toBeGreaterThan(bytes);
  expect(whole(part) - lean(part)).toBeGreaterThan(bytes);
});

describe('when the SDK has changed, packaging fails', () => {
  const bundle = (client: string, parts: Record<string, unknown>) =>
    bundledAndLoaded(`export * from '@aws-sdk/client-${client}'`, [withStandIns(parts)]);

  test.each([
    ['@smithy/core/dist-es/submodules/moved.js'],
    ['@aws-sdk/client-secrets-manager/dist-es/moved.js'],
  ])('on a part that is not there any more: %s', async (part) => {
    await expect(bundle('secrets-manager', { [part]: '' })).rejects.toThrow(
      `The SDK has no ${part} any more`,
    );
  });

  test('but not on a part of a client that the bundle does not use', async () => {
    const parts = { '@aws-sdk/client-dynamodb/dist-es/moved.js': '' };
    await expect(bundle('secrets-manager', parts)).resolves.toHaveProperty('SecretsManagerClient');
  });

  test('on a name that the SDK wants of a part, and the stand-in has not', async () => {
    const parts = { '@smithy/signature-v4/dist-es/HeaderFormatter.js': 'export {};' };
    await expect(bundle('secrets-manager', parts)).rejects.toThrow('No matching export');
  });

  test('on errors and partitions of another form', () => {
    const schemas = 'node_modules/@aws-sdk/client-dynamodb/dist-es/schemas/schemas_0.js';
    const text = readFileSync(schemas, 'utf8');
    expect(() => fewerErrors(text.replaceAll('registerError', 'register'), schemas)).toThrow('another form');
    expect(() => fewerErrors(text.replaceAll('ThrottlingException', 'Throttled'), schemas)).toThrow(
      "Throttled, whose class isn't found",
    );
    expect(() => fewerRegions('export const partitions = [];', 'partitions.js')).toThrow('another form');
  });
});
