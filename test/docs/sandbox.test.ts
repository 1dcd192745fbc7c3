import { readFileSync } from 'node:fs';
import { routes } from '../../sandbox/control/routes.ts';
import { behaviours } from '../../sandbox/gateway/behaviours.ts';
import { asCode, codesIn, line, tableOf } from './tables.ts';

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

test("docs/sandbox.md has every route of the gateway's control, in its order, and names each parameter", () => {
  const rows = tableOf('docs/sandbox.md', 'Request', 'What it does');
  const shown = rows.map(({ Request }) => (codesIn(Request)[0] ?? '').replace(/\?.*/, ''));
  expect(shown).toEqual(routes.map(({ method, path }) => `${method} ${path}`));
  const text = rows.map((row) => Object.values(row).join(' '));
  for (const [index, { parameters }] of routes.entries())
    for (const name of parameters) expect(text[index]).toContain(name);
});

test.each(['README.md', 'README.zh-CN.md', 'docs/api.md', 'docs/sandbox.md'])(
  '%s names only addresses of the local service that it has',
  (page) => {
    const routes = [...readFileSync('serverless.yml', 'utf8').matchAll(/^ {10}path: (\S+)$/gm)].map(
      ([, path = '']) => new RegExp(`^${path.replace(/\{\w+\}/, '[^/]+')}$`),
    );
    expect(routes).toHaveLength(6);
    const addresses = readFileSync(page, 'utf8').matchAll(/http:\/\/127\.0\.0\.1:3000(\/[^\s"'`?,:)]+)/g);
    for (const [, path = ''] of addresses)
      expect([path, routes.some((route) => route.test(path))]).toEqual([path, true]);
  },
);
