import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PICTURES } from '../support/pictures.ts';

const pictures = readdirSync(PICTURES).map((name) => join(PICTURES, name));

/** What the pages show, and the words in its place for whoever doesn't see it. */
const shown = globSync(['*.md', 'docs/*.md']).flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(([, words = '', path = '']) => ({
    words,
    path: join(dirname(page), path),
  })),
);

test('the pictures are few and small: everybody who clones the project loads them', () => {
  expect(pictures.length).toBeLessThanOrEqual(6);
  const sizes = pictures.map((path) => ({ path, isSmall: statSync(path).size < 200_000 }));
  expect(sizes.filter(({ isSmall }) => !isSmall)).toEqual([]);
});

test('every picture that a page shows is there, and has words in its place', () => {
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter(({ words, path }) => words.length < 20 || !existsSync(path))).toEqual([]);
});
