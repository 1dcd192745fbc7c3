import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { codesIn, tableOf } from './tables.ts';

// CloudFormation's tags are left as they are.
const { params } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' });

test('docs/deploying.md and docs/settings.md have every parameter of serverless.yml, once, and no other', () => {
  const settings = tableOf('docs/settings.md', 'Variable', 'Parameter').flatMap((row) =>
    codesIn(row.Parameter),
  );
  const others = tableOf('docs/deploying.md', 'Parameter', 'Meaning').flatMap((row) =>
    codesIn(row.Parameter),
  );
  expect([...settings, ...others].sort()).toEqual(Object.keys(params.default).sort());
});

test('docs/deploying.md lists the parameters that become settings', () => {
  const [, list = ''] =
    /parameters that become environment variables: (.*?)\. The others/.exec(
      readFileSync('docs/deploying.md', 'utf8'),
    ) ?? [];
  const settings = tableOf('docs/settings.md', 'Variable', 'Parameter').flatMap((row) =>
    codesIn(row.Parameter),
  );
  expect(codesIn(list).sort()).toEqual(settings.sort());
});
