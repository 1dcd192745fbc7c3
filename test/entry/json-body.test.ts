import fc from 'fast-check';
import { endOfJson, jsonIn } from '../../shared/entry/json-body.ts';

test.each([
  ['', 0],
  ['  ', 2],
  ['{', 1],
  ['{ ', 2],
  ['{}x', 2],
  ['{} {}', 3],
  ['{"a":1}}', 7],
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['{"a":1 "b":2}', 7],
  ['{a:1}', 1],
  ["{'a':1}", 1],
  ['{1:2}', 1],
  ['{"a":}', 5],
  ['{"a":tru}', 5],
  ['{"a":True}', 5],
  ['{"a":01}', 6],
  ['{"a":-}', 5],
  ['{"a":1.}', 6],
  ['{"a":"x', 5],
  ['{"a":"x\ny"}', 5],
  ['{"a":"\\x"}', 5],
  ['{"a":"\\u12"}', 5],
  ['{"a":[1,2}', 9],
  ['[1,]', 3],
  ['[1 2]', 3],
  ['[}', 1],
  ['["a":1]', 4],
  [',', 0],
  ['\u00a0{}', 0],
])('%j is no JSON from %i on', (text, at) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(endOfJson(text)).toBe(at);
  expect(() => jsonIn(text)).toThrow(/line 1, column|empty/);
});

const json = fc.json().map((text) => JSON.stringify(JSON.parse(text), undefined, 1));

test('no part of any JSON is called broken', () => {
  fc.assert(
    fc.property(json, (text) => {
      expect(endOfJson(text)).toBe(text.length);
      expect(jsonIn(text)).toEqual(JSON.parse(text));
    }),
  );
});

/** Whether a text of JSON is within a text of its own when it ends. */
const endsInQuotes = (text: string) => (text.replace(/\\./gs, '').match(/"/g) ?? []).length % 2 === 1;

test('a foreign character is found where it stands, or at the beginning of the word that it breaks', () => {
  fc.assert(
    fc.property(json, fc.nat(), (text, anywhere) => {
      const at = anywhere % (text.length + 1);
      const before = text.slice(0, at);
      fc.pre(!endsInQuotes(before));
      const found = endOfJson(`${before}?${text.slice(at)}`);
      const word = /[a-z.\-+e]*$/.exec(before)?.[0] ?? '';
      expect(found).toBeLessThanOrEqual(at);
      expect(found).toBeGreaterThanOrEqual(at - word.length);
    }),
    { numRuns: 500 },
  );
});
