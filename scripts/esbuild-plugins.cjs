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

module.exports = [onlyTheVersion];
