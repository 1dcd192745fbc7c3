import { readFileSync } from 'node:fs';
import { behaviours } from '../../sandbox/gateway/behaviours.ts';
import { asCode, line, tableOf } from './tables.ts';

test("docs/sandbox.md has every behaviour of the sandbox's gateway, in its order and words", () => {
  const expected = behaviours.map(({ prefix, does }) =>
    line([prefix ? asCode([prefix]) : '(any other)', does]),
  );
  const rows = tableOf('docs/sandbox.md', '`no_refund` begins with').map((row) => line(Object.values(row)));
  if (rows.join('\n') !== expected.join('\n'))
    throw new Error(
      `The table of behaviours in docs/sandbox.md must have these rows:\n\n${expected.join('\n')}\n`,
    );
});

test('README.zh-CN.md has every behaviour, in its order', () => {
  const section = readFileSync('README.zh-CN.md', 'utf8')
    .split(/^## /m)
    .find((text) => text.includes('`no_refund`') && text.includes('`success-`'));
  const prefixes = [...(section ?? '').matchAll(/^\| (?:`([^`]*)`|[(（].*?[)）]) \| .+ \|$/gm)].map(
    ([, prefix = '']) => prefix,
  );
  expect(prefixes).toEqual(behaviours.map(({ prefix }) => prefix));
});
