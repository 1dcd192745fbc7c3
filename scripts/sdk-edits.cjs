const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

/**
 * The SDK's clients import their package.json for the version alone, which puts the whole file into the bundle: 2 KB for
 * each client.
 *
 * @param text package.json
 * @returns it with its version alone
 */
function onlyTheVersion(text) {
  return JSON.stringify({ version: JSON.parse(text).version });
}

/** Those whose own fields the functions read, or that they test with `instanceof`. */
const NEEDED_ERRORS = ['ConditionalCheckFailedException'];

/**
 * The SDK has a class and a schema for each error of a service, DynamoDB 35 of them: 7 KB that differ in their names.
 * An error that isn't registered becomes one of the service's base class, with its name, message, `$fault` and
 * `$metadata` as the answer tells them, which is all that the functions look at. Those that the SDK retries for a trait
 * of their class (`$retryable`, where neither name nor status tells it) stay registered.
 *
 * @param text a client's schemas
 * @param path where they are; the classes are beside them
 * @returns the schemas, from which esbuild drops what nothing uses
 */
function fewerErrors(text, path) {
  const classes = readFileSync(join(dirname(path), '../models/errors.js'), 'utf8').split('export class ');
  const isNeeded = (name) => {
    const found = classes.find((one) => one.startsWith(`${name} extends __BaseException`));
    if (!found) throw new Error(`${path} registers ${name}, whose class isn't found`);
    return NEEDED_ERRORS.includes(name) || found.includes('$retryable');
  };
  const shorter = text.replace(/^n0_registry\.registerError\((\w+)\$, \1\);\n/gm, (line, name) =>
    isNeeded(name) ? line : '',
  );
  if (shorter === text) throw new Error(`${path} registers its errors in another form than expected`);
  return withPlainKeys(shorter);
}

/** esbuild keeps an object with a computed key, though nothing uses it: computing it might have effects. */
function withPlainKeys(schemas) {
  const names = new Map(
    [...schemas.matchAll(/^const (\w+) = ("[^"]*");$/gm)].map(([, id, text]) => [id, text]),
  );
  return schemas.replace(/\[(\w+)\]: /g, (key, id) => (names.has(id) ? `${names.get(id)}: ` : key));
}

/**
 * The SDK lists the regions of each partition, with their descriptions. Partitions also have a pattern that recognizes
 * their regions: this leaves out the regions that the pattern of their partition tells, and keeps the others.
 *
 * @param text the SDK's partitions
 * @param path where they are, for the error
 * @returns the same without the regions that are told twice
 */
function fewerRegions(text, path) {
  const [, json] = /^export const partitionsInfo = (\{.*\});?\s*$/s.exec(text) ?? [];
  if (!json) throw new Error(`${path} has its partitions in another form than expected`);
  const { partitions, ...rest } = JSON.parse(json);
  const told = (region) => partitions.find(({ regionRegex }) => new RegExp(regionRegex).test(region));
  const shorter = partitions.map((partition) => {
    const regions = Object.keys(partition.regions).filter((region) => told(region) !== partition);
    return { ...partition, regions: Object.fromEntries(regions.map((region) => [region, {}])) };
  });
  return `export const partitionsInfo = ${JSON.stringify({ partitions: shorter, ...rest })};`;
}

module.exports = { fewerErrors, fewerRegions, onlyTheVersion };
