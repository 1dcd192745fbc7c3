import { readStory } from '../../cli/verify/read-story.ts';

const entry = (minute: number) => ({
  at: `2026-01-05T00:${minute}:00.000Z`,
  code: 'check.begun',
  text: 'a check',
});

const page = (minute: number, next?: string, no_refund = '1') => ({
  no_refund,
  entries: [entry(minute)],
  next,
});

const read = (...pages: unknown[]) =>
  readStory(pages.map((json, index) => ({ name: `page-${index + 1}`, text: JSON.stringify(json) })));

test('the pages of a story are one answer, a list of answers, or several files', () => {
  const pages = [page(10, 'a'), page(20, 'b'), page(30)];
  const whole = read(...pages);
  expect(whole.entries.map(({ number, at }) => [number, at.slice(14, 16)])).toEqual([
    [1, '10'],
    [2, '20'],
    [3, '30'],
  ]);
  expect(whole).toEqual(read(pages));
  expect(whole).toEqual(read(pages.slice(0, 2), pages[2]));
  expect(whole.goesOn).toBe(false);
});

test('a last page that names a further one is told', () => {
  expect(read(page(10, 'a')).goesOn).toBe(true);
});

test('a byte order mark is left out', () => {
  expect(readStory([{ name: 'a', text: `\uFEFF${JSON.stringify(page(10))}` }]).no_refund).toBe('1');
});

test.each([
  ['a page of another refund', [page(10, 'a'), page(20, undefined, '2')], 'pages of two refunds, 1 and 2'],
  ['a page after the last', [page(10), page(20)], 'Page 1 is the last of its story, and page 2 follows'],
  ['a page twice', [page(10, 'a'), page(10, 'a'), page(30)], 'Page 2 does not come after page 1'],
  [
    'pages out of order',
    [page(10, 'a'), page(30, 'c'), page(20, 'b'), page(40)],
    'Page 3 does not come after page 2',
  ],
  ['no page', [[]], 'There is no page of a story in it'],
  ['an error', [{ error: { name: 'RefundNotFound' } }], 'page-1 is the error RefundNotFound'],
  ['something else', [[1]], 'page-1 is not a story'],
  ['an answer without entries', [{ no_refund: '1' }], 'page-1 is not a story'],
  [
    'an entry without a code',
    [{ no_refund: '1', entries: [{ at: '2026' }] }],
    'entry 1 of a page lacks its at or its code',
  ],
  [
    'a message without its text',
    [{ no_refund: '1', entries: [{ ...entry(10), message: {} }] }],
    'the message of entry 1 of a page lacks its text',
  ],
])('%s is refused', (_what, pages, words) => {
  expect(() => read(...pages)).toThrow(words);
});

test('broken JSON is refused by the name of its file', () => {
  expect(() => readStory([{ name: 'story.json', text: '{"no_refund": "1"' }])).toThrow(
    'story.json is not JSON',
  );
});
