import fc from 'fast-check';
import { jsonIn, lookThrough } from '../../shared/entry/json-body.ts';

const endOfJson = (text: string) => lookThrough(text).end;

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
  ['{"a" tru', 5],
  ['{"a":trve}', 5],
  ['{"a":truey}', 9],
  ['{"a":True}', 5],
  ['{"a":01}', 5],
  ['{"a":-}', 5],
  ['{"a":1.}', 5],
  ['{"a":1.e5}', 5],
  ['{"a":1.5.}', 5],
  ['{"a":1e+}', 5],
  ['{"a":1e5e}', 5],
  ['{"a":.5}', 5],
  ['{"a":1.e5', 5],
  ['{"a":1.5.', 5],
  ['{"a":1.5e', 9],
  ['{"a":-', 6],
  ['{"a":"x', 7],
  ['{"a', 3],
  ['{"a":"x\\', 8],
  ['{"a":"x\\u00', 11],
  ['{"a":"x\\u00a', 12],
  ['{"a":"x\ny"}', 7],
  ['{"a":"x\ty"}', 7],
  ['{"a\u0000":1}', 3],
  ['{"a":"\\x"}', 7],
  ['{"a":"\\u12"}', 10],
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

test('whatever is cut off breaks off at its end', () => {
  fc.assert(
    fc.property(json, (text) => {
      for (let length = 0; length <= text.length; length++)
        expect(endOfJson(text.slice(0, length))).toBe(length);
      expect(jsonIn(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('a control character in a text is found where it stands, whatever stands before and after it', () => {
  const control = fc.integer({ min: 0, max: 0x1f }).map((code) => String.fromCharCode(code));
  const inner = fc.string().map((text) => JSON.stringify(text).slice(1, -1));
  fc.assert(
    fc.property(inner, control, inner, (before, found, after) => {
      expect(endOfJson(`["${before}${found}${after}"]`)).toBe(2 + before.length);
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
      const word = /[a-z\d.\-+]*$/.exec(before)?.[0] ?? '';
      expect([at, at - word.length]).toContain(endOfJson(`${before}?${text.slice(at)}`));
    }),
    { numRuns: 500 },
  );
});

describe('a field that comes more than once', () => {
  test.each([
    ['{"a":"1","b":"2","a":"3"}', { a: ['3'], b: '2' }],
    ['{"a":"1","a":"1"}', { a: ['1'] }],
    ['{"a":1,"a":2,"a":3,"b":4,"b":5}', { a: [3], b: [5] }],
    ['{"a_b":"1","a\\u005fb":"2"}', { a_b: ['2'] }],
    ['{"":1,"":2}', { '': [2] }],
    ['{ "a" : [1, {"b":2}] ,\n"a"\t:{"c":3} }', { a: [{ c: 3 }] }],
  ])('in %j is a list', (text, fields) => {
    expect(jsonIn(text)).toEqual(fields);
  });

  test('is a list also where its name is special to JavaScript', () => {
    const fields = jsonIn('{"__proto__":"1","__proto__":"2"}');
    expect(Object.entries(fields as object)).toEqual([['__proto__', ['2']]]);
  });

  test.each([
    '{"a":"a","b":"\\"a\\":"}',
    '{"a":{"b":1,"c":2},"b":3}',
    '{"a":{"b":1,"b":2}}',
    '[{"a":1},{"a":2}]',
    '["a","a"]',
    '"a"',
    '{"a":1,"A":2}',
  ])('is not in %j', (text) => {
    expect(jsonIn(text)).toEqual(JSON.parse(text));
  });
});
