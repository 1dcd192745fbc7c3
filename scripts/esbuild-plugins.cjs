const { readFileSync } = require('node:fs');
const { dirname } = require('node:path');

/**
 * The SDK's clients take their own version out of their package.json, and the whole file comes into the bundle with
 * it: 2 KB for each client at every start. This leaves the version.
 */
const onlyTheVersion = {
  name: 'only-the-version-of-sdk-clients',
  setup: (build) =>
    build.onLoad({ filter: /@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/ }, ({ path }) => ({
      contents: JSON.stringify({ version: require(path).version }),
      loader: 'json',
    })),
};

/**
 * Parts of the SDK that no function uses on Lambda, each with what stands in for it. A part that the SDK moves would come
 * back into the bundles: a test says so.
 */
const unusedParts = [
  // A SHA-256 for where Node.js was built without one.
  ['checksum/sha256/Sha256Js', 'export const Sha256Js = undefined;'],
  // ~/.aws: Lambda has no such files, and looking for them takes a tenth of the start.
  [
    'config/shared-ini-file-loader/loadSharedConfigFiles',
    `export { CONFIG_PREFIX_SEPARATOR } from './constants';
    export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  ],
  // The region comes from the environment.
  [
    'config/config-resolver/regionConfig/getInstanceMetadataRegion',
    'export const getInstanceMetadataRegion = async () => undefined;',
  ],
  // Adaptive retries, which no function turns on.
  ['retry/util-retry/AdaptiveRetryStrategy', 'export class AdaptiveRetryStrategy {}'],
  ['retry/util-retry/DefaultRateLimiter', 'export class DefaultRateLimiter {}'],
  // Copies every input and output for a logger that no client has.
  [
    'client/middleware-logger/loggerMiddleware',
    `export const loggerMiddleware = undefined, loggerMiddlewareOptions = undefined;
    export const getLoggerPlugin = () => ({ applyToStack() {} });`,
  ],
];

const withoutUnusedParts = {
  name: 'without-unused-parts-of-the-sdk',
  setup: (build) => {
    for (const [part, contents] of unusedParts) {
      const filter = new RegExp(`[\\\\/]submodules[\\\\/]${part.replaceAll('/', '[\\\\/]')}\\.js$`);
      build.onLoad({ filter }, ({ path }) => ({ contents, resolveDir: dirname(path) }));
    }
  },
};

const ERROR_CLASS =
  /export class (\w+) extends __BaseException \{\s+static shapeId = "(.+)#\1";\s+name = "\1";\s+\$fault = "(\w+)";\s+((?:\w+;\s+)*)constructor\(opts\) \{\s+super\(\{\s+name: "\1",\s+\$fault: "\3",\s+\.\.\.opts,\s+\}\);\s+Object\.setPrototypeOf\(this, \1\.prototype\);\s+((?:this\.\w+ = opts\.\w+;\s+)*)\}\s+\}\n/g;

/**
 * The SDK spells out a class for each error that a service can answer with, DynamoDB 35 of them: 10 KB that are alike
 * but for their names. This has one maker make them; a class of another form stays as it is.
 */
const errorsByOneMaker = {
  name: 'errors-by-one-maker',
  setup: (build) =>
    build.onLoad(
      { filter: /@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]models[\\/]errors\.js$/ },
      ({ path }) => {
        const text = readFileSync(path, 'utf8');
        const made = text.replace(ERROR_CLASS, (_class, name, namespace, fault, fields) => {
          const own = fields.split(';').map((field) => field.trim());
          const parts = [name, namespace, fault, ...own.filter(Boolean)].map((part) => JSON.stringify(part));
          return `export const ${name} = /* @__PURE__ */ serviceError(${parts.join(', ')});\n`;
        });
        if (made === text) throw new Error(`${path} has its error classes in another form than expected`);
        return { contents: `${made}${SERVICE_ERROR}`, loader: 'js' };
      },
    ),
};

const SERVICE_ERROR = `
function serviceError(name, namespace, $fault, ...fields) {
  class ServiceError extends __BaseException {
    constructor(opts) {
      super({ name, $fault, ...opts });
      Object.setPrototypeOf(this, ServiceError.prototype);
      for (const field of fields) this[field] = opts[field];
    }
  }
  ServiceError.shapeId = namespace + '#' + name;
  return ServiceError;
}`;

module.exports = [onlyTheVersion, withoutUnusedParts, errorsByOneMaker];
