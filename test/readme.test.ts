import { readFileSync } from 'node:fs';
import { behaviours } from '../sandbox/gateway/behaviours.ts';

test.each(['README.md', 'README.zh-CN.md'])(
  "%s has every behaviour of the sandbox's gateway, in its order",
  (file) => {
    const section = readFileSync(file, 'utf8')
      .split(/^## /m)
      .find((text) => text.includes('`no_refund`') && text.includes('`success-`'));
    const rows = [...(section ?? '').matchAll(/^\| (?:`([^`]*)`|[(（].*?[)）]) \| (.+) \|$/gm)].map(
      ([, prefix = '', does]) => ({ prefix, does }),
    );
    expect(rows.map(({ prefix }) => prefix)).toEqual(behaviours.map(({ prefix }) => prefix));
    if (file === 'README.md')
      expect(rows.map(({ does }) => does)).toEqual(behaviours.map(({ does }) => does));
  },
);
