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
