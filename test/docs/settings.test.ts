import { readFileSync } from 'node:fs';
import { readConfig, reconcileConfigFrom } from '../../shared/runtime/config.ts';
import { codesIn, tableOf } from './tables.ts';

const rows = tableOf('docs/settings.md', 'Variable', 'Parameter', 'Meaning', 'Default');

const variables = rows.flatMap(({ Variable }) => codesIn(Variable));

/** What the functions read of their environment. */
function settingsThatAreRead(): string[] {
  // The logger reads it, and nothing else.
  const read = new Set(['STAGE']);
  const environment = new Proxy<Record<string, string>>(
    {},
    { get: (_environment, name) => void read.add(String(name)) },
  );
  readConfig(environment, [], reconcileConfigFrom);
  return [...read];
}

test('docs/settings.md has every environment variable that a function reads, and no other', () => {
  expect(variables.sort()).toEqual(settingsThatAreRead().sort());
});

test.each(rows.filter((row) => /^\d+$/.test(row.Default ?? '')))(
  '$Variable: its default is the one that a function takes',
  ({ Variable, Default }) => {
    const [name = ''] = codesIn(Variable);
    const config = readConfig({ [name]: Default }, [], reconcileConfigFrom);
    expect(config).toEqual(readConfig({}, [], reconcileConfigFrom));
    const other = readConfig({ [name]: String(Number(Default) + 1) }, [], reconcileConfigFrom);
    expect(config).not.toEqual(other);
  },
);

test('each variable stands beside the parameter that sets it', () => {
  const written = readFileSync('serverless.yml', 'utf8').matchAll(/ ([A-Z_]+): \$\{param:(\w+)\}/g);
  const expected = new Set([...written].map(([, variable, parameter]) => `${variable} ${parameter}`));
  const shown = rows.flatMap(({ Variable, Parameter }) => {
    const parameters = codesIn(Parameter);
    return codesIn(Variable).flatMap((variable, index) =>
      parameters[index] ? [`${variable} ${parameters[index]}`] : [],
    );
  });
  expect(shown.sort()).toEqual([...expected].sort());
});
