import { globSync, readFileSync } from 'node:fs';
import { anchorsOf } from './pages.ts';

/** Whatever a caller reads; docs/api.md has the whole rule. */
const files = ['README.md', ...globSync(['docs/*.{md,http}', 'docs/calling/*', 'client/*.md'])];

/** The lines that speak of money which goes another way, with the one after each: a comment may be broken. */
const told = files.flatMap((file) => {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    /another way/i.test(`${line} ${lines[index + 1]}`) ? [`${file}: ${line} ${lines[index + 1]}`] : [],
  );
});

const RULE = 'when-the-money-may-go-another-way';

test('the rule is told once, and the way to it from where somebody asks', () => {
  expect(anchorsOf('docs/api.md')).toContain(RULE);
  for (const page of ['README.md', 'docs/calling.md', 'docs/troubleshooting.md'])
    expect(readFileSync(page, 'utf8')).toContain(`api.md#${RULE}`);
});

test('a FAILED opens another way only without a conflict, and a rejection only with a word of LianLian', () => {
  const opens = told.filter((line) => /may (now )?(go|give|be given)/.test(line));
  expect(opens.length).toBeGreaterThan(10);
  const isGuarded = (line: string) => /conflict|api\.md#when|\(#when|## When the money/.test(line);
  expect(opens.filter((line) => !isGuarded(line))).toEqual([]);
  expect(told.filter((line) => /only now|only then|almost certainly/.test(line))).toEqual([]);
});
