import fc from 'fast-check';
import { isAmbiguous, parseFields } from '../../shared/signing/fields.ts';

const parsed = (json: string) => {
  const fields = parseFields(json);
  return fields && Object.fromEntries(fields);
};

test.each([
  '200.10',
  '0.00',
  '-0',
  '1e2',
  '1E+2',
  '2013051613121201',
  '9007199254740993',
  '99999999999999999999.990',
  '1e400',
  'true',
  'false',
])('%s keeps its text', (text) => {
  expect(parsed(`{"a":${text}}`)).toEqual({ a: text });
  expect(parsed(`{ "a" :\n ${text} }`)).toEqual({ a: text });
});

test('numbers with any number of digits keep their text', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,10})?$/), (text) => {
      expect(parsed(`{"a":${text}}`)).toEqual({ a: text });
    }),
  );
});

test('strings stay unchanged', () => {
  const keys = fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__');
  fc.assert(
    fc.property(fc.dictionary(keys, fc.string({ unit: 'binary' })), (message) => {
      expect(parseFields(JSON.stringify(message))).toEqual(new Map(Object.entries(message)));
    }),
  );
});

test.each([
  ['null', '{"a":null,"b":"x"}', { b: 'x' }],
  ['nothing', '{}', {}],
  ['an empty text', '{"a":""}', { a: '' }],
  ['a text that looks like a number', '{"a":"200.10"}', { a: '200.10' }],
  ['escapes', '{"a":"\\u4ea4\\u6613\\n"}', { a: '交易\n' }],
  ['a repeated key', '{"a":1.0,"a":2.00}', { a: '2.00' }],
])('%s is read', (_what, json, expected) => {
  expect(parsed(json)).toEqual(expected);
});

test('__proto__ is a key like any other', () => {
  expect([...(parseFields('{"__proto__":"x","a":1.0}') ?? [])]).toEqual([
    ['__proto__', 'x'],
    ['a', '1.0'],
  ]);
});

test.each([
  ['', 'nothing'],
  ['null', 'null'],
  ['1', 'a number'],
  ['"text"', 'a text'],
  ['[]', 'a list'],
  ['["a"]', 'a list of texts'],
  ['{"a":{}}', 'an object in it'],
  ['{"a":[]}', 'a list in it'],
  ['{"a":{"b":"c"}}', 'a message in it'],
  ['{"a":"b"', 'half an object'],
  ["{'a':'b'}", 'another language'],
  ['{"a":01}', 'a number that JSON does not know'],
  ['a=b&c=d', 'a form'],
])('%s is not a flat object: %s', (json) => {
  expect(parseFields(json)).toBeUndefined();
});

test.each([
  ['lists', '['.repeat(200_000) + ']'.repeat(200_000)],
  ['lists in a field', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
  ['objects', `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`],
  ['lists without an end', '['.repeat(200_000)],
])('deeply nested %s are no message, and cause no crash', (_what, json) => {
  expect(parseFields(json)).toBeUndefined();
});

test.each([
  [{ a: 'b' }, false],
  [{ 'a&b': 'c' }, true],
  [{ 'a=b': 'c' }, true],
  [{ 'a&b': '' }, true],
  [{ a: 'b&c=d' }, true],
  [{ a: 'b=c' }, false],
  [{ ret_msg: 'a&b=c' }, false],
  [{ ret_msg: 'a&settle_date=20130516' }, true],
  [{ ret_msg: 'a&sign_type=RSA' }, true],
  [{ ret_msg: '&sta_refund=2' }, true],
  [{ ret_msg: 'sta_refund=2&ret_code=0000' }, false],
  [{ sign: 'a&b' }, false],
  [{ 'ret_msg&': 'a' }, true],
  [{ notify_url: 'https://m.example/?a=1&b=2' }, true],
])('%j could be read as other fields: %s', (message, expected) => {
  expect(isAmbiguous(new Map(Object.entries(message) as [string, string][]))).toBe(expected);
});
