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

/** The SDK brings a SHA-256 in JavaScript for where Node.js was built without one: Lambda's has it. 3 KB. */
const nativeSha256 = {
  name: 'native-sha256-alone',
  setup: (build) =>
    build.onLoad({ filter: /[\\/]checksum[\\/]sha256[\\/]Sha256Js\.js$/ }, () => ({
      contents: 'export const Sha256Js = undefined;',
    })),
};

module.exports = [onlyTheVersion, nativeSha256];
