import { filled, textsFor } from '../../../cli/texts.ts';

const english = textsFor({});
const chinese = textsFor({ LANG: 'zh_CN.UTF-8' });

/** Names of values, options and statuses: the same in both languages. */
const namesIn = (text: string) => (text.match(/\{\w+\}|--[a-z]+|\b\d\b/g) ?? []).sort();

test('every text is there in both languages, with the same names', () => {
  expect(Object.keys(english).length).toBeGreaterThan(30);
  for (const [name, text] of Object.entries(english)) {
    const twin = chinese[name as keyof typeof chinese];
    expect([name, twin]).toEqual([name, expect.stringMatching(/\p{sc=Han}/u)]);
    expect([name, namesIn(twin)]).toEqual([name, namesIn(text)]);
  }
});

test.each([
  [{ LANG: 'en_US.UTF-8' }, english],
  [{ LANG: 'C' }, english],
  [{ LANG: 'zh_TW' }, chinese],
  [{ LANG: 'zh' }, chinese],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'zh_CN.UTF-8' }, chinese],
  [{ LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'en_US.UTF-8' }, english],
])('%j chooses the language', (environment, texts) => {
  expect(textsFor(environment)).toBe(texts);
});

test('values take the places of their names', () => {
  expect(filled('{no_refund} is {status}, {none}', { no_refund: 'r-1', status: 'FAILED' })).toBe(
    'r-1 is FAILED, ',
  );
});
