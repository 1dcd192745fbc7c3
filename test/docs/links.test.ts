import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorsOf, linksIn, proseOf } from './pages.ts';

const folders =
  '{functions,shared,schemas,client,cli,sandbox,scripts,bench,test,docs,events,state-machines}/**/';
const files = ['*.', `${folders}*.`].flatMap((start) =>
  globSync(`${start}{md,ts,mjs,cjs,js,yml,json}`, { exclude: ['**/node_modules'] }).map((file) =>
    file.replaceAll('\\', '/'),
  ),
);

const pages = files.filter((file) => file.endsWith('.md')).sort();

const links = pages.flatMap((page) =>
  linksIn(proseOf(page))
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ page, target })),
);

test('there are links to follow', () => {
  expect(pages).toContain('docs/operations.md');
  expect(links.length).toBeGreaterThan(60);
});

test.each(links)('$page leads to $target', ({ page, target }) => {
  const [path = '', anchor] = target.split('#');
  const file = path ? join(dirname(page), path) : page;
  expect(existsSync(file)).toBe(true);
  expect(statSync(file).isDirectory()).toBe(target.endsWith('/'));
  if (anchor !== undefined) expect(anchorsOf(file)).toContain(decodeURIComponent(anchor));
});

/** Other files that name a page of docs/: comments, settings, what programs print. */
const mentions = files
  .filter((file) => !file.endsWith('.md') && file !== 'package-lock.json')
  .flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bdocs\/[\w.-]+\.md\b/g)].map(([page]) => ({ file, page })),
  );

test.each(mentions)('$file names $page', ({ page }) => {
  expect(pages).toContain(page);
});

test.each(pages.filter((page) => /^(README|docs\/[\w-]+)(\.zh-CN)?\.md$/.test(page)))(
  '%s: one paragraph is one line',
  (page) => {
    const lines = proseOf(page).split('\n');
    const isText = (text = '') => /^[\p{L}*[`"“(（]/u.test(text);
    const wrapped = lines.filter((text, index) => isText(text) && isText(lines[index + 1]));
    expect(wrapped).toEqual([]);
  },
);
