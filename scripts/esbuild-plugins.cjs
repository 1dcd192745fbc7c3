const { readFileSync } = require('node:fs');
const { dirname } = require('node:path');

/**
 * The SDK's clients import their package.json for the version alone, which puts the whole file into the bundle: 2 KB for
 * each client. This keeps the version and drops the rest.
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
 * Parts of the SDK that no function uses on Lambda, each with its replacement. A part that the SDK moves to another file
 * would return to the bundles: a test checks that.
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
 * The SDK has a class for each error of a service, DynamoDB 35 of them: 10 KB that differ in their names alone. This
 * replaces them with calls of one factory; a class of another form stays as it is.
 */
const errorsFromFactory = {
  name: 'errors-from-factory',
  setup: (build) =>
    build.onLoad(
      { filter: /@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]models[\\/]errors\.js$/ },
      ({ path }) => {
        const text = readFileSync(path, 'utf8');
        const replaced = text.replace(ERROR_CLASS, (_class, name, namespace, fault, fields) => {
          const own = fields.split(';').map((field) => field.trim());
          const parts = [name, namespace, fault, ...own.filter(Boolean)].map((part) => JSON.stringify(part));
          return `export const ${name} = /* @__PURE__ */ serviceError(${parts.join(', ')});\n`;
        });
        if (replaced === text) throw new Error(`${path} has its error classes in another form than expected`);
        return { contents: `${replaced}${SERVICE_ERROR}`, loader: 'js' };
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

module.exports = [onlyTheVersion, withoutUnusedParts, errorsFromFactory];
