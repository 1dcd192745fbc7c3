const { readFileSync } = require('node:fs');

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

/** Drops the SDK's SHA-256 in JavaScript, 3 KB: Lambda's Node.js has a native one. */
const nativeSha256 = {
  name: 'native-sha256-alone',
  setup: (build) =>
    build.onLoad({ filter: /[\\/]checksum[\\/]sha256[\\/]Sha256Js\.js$/ }, () => ({
      contents: 'export const Sha256Js = undefined;',
    })),
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

module.exports = [onlyTheVersion, nativeSha256, errorsFromFactory];
