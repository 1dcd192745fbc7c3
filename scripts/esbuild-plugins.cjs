const { readFileSync } = require('node:fs');
const { dirname, extname } = require('node:path');
const sdkParts = require('./sdk-parts.cjs');

/**
 * Puts other contents in the place of parts of the SDK. Packaging fails when a bundle uses a client and one of the
 * parts isn't there any more: a new version of the SDK has moved it, and it would return to the bundles unnoticed.
 *
 * @param parts by the file below node_modules: contents, or a function that makes them of the file's text and path
 */
function withStandIns(parts) {
  return {
    name: 'stand-ins-for-parts-of-the-sdk',
    setup: (build) => {
      const clients = new Set();
      const replaced = new Set();
      build.onStart(() => {
        clients.clear();
        replaced.clear();
      });
      build.onResolve({ filter: /^@aws-sdk\/client-[^/]+$/ }, ({ path }) => {
        clients.add(path);
      });
      build.onLoad({ filter: fileFilter(Object.keys(parts)) }, ({ path }) => {
        const file = belowNodeModules(path);
        replaced.add(file);
        return standIn(parts[file], path);
      });
      build.onEnd(() => ({
        errors: missing(parts, clients, replaced).map((file) => ({
          text: `The SDK has no ${file} any more: find what took its place, and change scripts/sdk-parts.cjs`,
        })),
      }));
    },
  };
}

function standIn(part, path) {
  const contents = typeof part === 'function' ? part(readFileSync(path, 'utf8'), path) : part;
  return { contents, resolveDir: dirname(path), loader: extname(path).slice(1) };
}

/** A part of a client belongs to the bundles that use this client, any other part to all that use one. */
function missing(parts, clients, replaced) {
  if (clients.size === 0) return [];
  return Object.keys(parts).filter((file) => {
    const [client] = /^@aws-sdk\/client-[^/]+/.exec(file) ?? [];
    return !replaced.has(file) && (client === undefined || clients.has(client));
  });
}

const belowNodeModules = (path) => path.replaceAll('\\', '/').split('/node_modules/').at(-1);

const fileFilter = (files) =>
  new RegExp(
    `[\\\\/](?:${files.map((file) => file.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')).join('|')})$`,
  );

module.exports = [withStandIns(sdkParts)];
// For its test: esbuild takes the array alone.
module.exports.withStandIns = withStandIns;
