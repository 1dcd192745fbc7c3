import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorsOf, linksIn } from './pages.ts';
import { codesIn, line, tableOf } from './tables.ts';

const chineseOf = (file: string) => file.replace(/(\.zh-CN)?\.md$/, '.zh-CN.md');

const englishOf = (file: string) => file.replace(/(\.zh-CN)?\.md$/, '.md');

const pages = globSync(['*.zh-CN.md', 'docs/*.zh-CN.md']).map((file) =>
  englishOf(file.replaceAll('\\', '/')),
);

/** Where the Chinese page has to lead where the English one leads to a target. */
function translated(page: string, target: string): string {
  const [path = '', anchor] = target.split('#');
  if (path && path === chineseOf(path)) return englishOf(path);
  const file = path ? join(dirname(page), path) : page;
  if (!/\.md$/.test(file) || !existsSync(chineseOf(file))) return target;
  const heading = anchor === undefined ? -1 : anchorsOf(file).indexOf(anchor);
  return (path && chineseOf(path)) + (heading < 0 ? '' : `#${anchorsOf(chineseOf(file))[heading]}`);
}

interface Line {
  number: number;
  text: string;
  inFence: boolean;
}

function linesOf(file: string): Line[] {
  let inFence = false;
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index) => {
      const isFence = /^ *```/.test(text);
      if (isFence) inFence = !inFence;
      return { number: index + 1, text, inFence: inFence || isFence };
    });
}

/** A heading's level, a list's number, a row and how many cells it has, text, or nothing. */
function shapeOf(text: string): string {
  const [start = ''] = /^ *(#+ |\d+\. |\| (?=:?---)|\| |(?=\S))/.exec(text) ?? [];
  return start.includes('|')
    ? `${start}${text.replace(/`[^`]*`/g, '').split('|').length}`
    : `${start}${text ? '…' : ''}`;
}

const withoutComment = (text: string) => text.replace(/(^| +)# .*$/, '$1#');

const sorted = (words: Iterable<string>) => [...new Set(words)].sort();

/** What is the same in both languages. */
function factsOf(page: string, { text, inFence }: Line, language: 'English' | 'Chinese') {
  if (inFence) return { code: withoutComment(text) };
  const links = linksIn(text);
  return {
    shape: shapeOf(text),
    codes: sorted(codesIn(text)),
    figures: (text.replace(/`[^`]*`/g, '').match(/\d+/g) ?? []).sort(),
    links: (language === 'English' ? links.map((target) => translated(page, target)) : links).sort(),
  };
}

test('these pages are there in Chinese', () => {
  expect(pages.sort()).toEqual(['README.md', 'docs/operations.md']);
});

test.each(pages)(
  '%s has its Chinese twin line for line: headings, tables, code, names, figures and links',
  (page) => {
    const chinese = linesOf(chineseOf(page));
    const english = linesOf(page);
    expect(english.length).toBeGreaterThan(100);
    for (const [index, line] of english.entries()) {
      const twin = chinese[index] ?? { number: index + 1, text: '', inFence: false };
      expect({ line: twin.number, ...factsOf(page, twin, 'Chinese') }).toEqual({
        line: line.number,
        ...factsOf(page, line, 'English'),
      });
    }
    expect(chinese).toHaveLength(english.length);
  },
);

test('the Chinese table of decisions has the codes and sentences that the log shows', () => {
  const start = (row: Record<string, string>) => line(Object.values(row).slice(0, 4));
  const english = tableOf('docs/operations.md', 'Code', 'Level', 'Sentence', 'Counts');
  const chinese = tableOf('docs/operations.zh-CN.md', '决定码', '级别', '日志原文', '计入指标');
  expect(chinese.map(start)).toEqual(english.map(start));
  for (const row of chinese)
    expect(Object.values(row).slice(4)).toEqual(
      [/\p{sc=Han}/u, /\p{sc=Han}/u].map((has) => expect.stringMatching(has)),
    );
});

test.each(pages)('the Chinese twin of %s has Chinese punctuation and spacing', (page) => {
  const english = readFileSync(page, 'utf8');
  const wrong = linesOf(chineseOf(page))
    .filter(({ inFence }) => !inFence)
    .flatMap(({ number, text }) => {
      const cells = text.split('|').filter((cell) => !english.includes(cell));
      const prose = cells.join('|').replace(/\]\([^)]*\)/g, ']');
      const slips = /\p{sc=Han}[,;:!?()]|[「」"]|\p{sc=Han}[A-Za-z0-9`]|[A-Za-z0-9`]\p{sc=Han}/gu;
      return [...prose.matchAll(slips)].map(([slip]) => `line ${number}: ${slip}`);
    });
  expect(wrong).toEqual([]);
});
