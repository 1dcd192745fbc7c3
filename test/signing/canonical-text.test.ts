import fc from 'fast-check';
import { canonicalText, parseFields } from '../../shared/signing/fields.ts';

const textOf = (message: Record<string, string>) => canonicalText(new Map(Object.entries(message)));

const text = fc.string({ unit: 'binary' });
const clearText = text.filter((is) => !/[&=]/.test(is) && is !== '');
const clearMessage = fc.uniqueArray(fc.tuple(clearText, clearText), { selector: ([key]) => key });

/** Compares code units one by one, without the language's own order of strings. */
function comesBefore(a: string, b: string): boolean {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [
      index < a.length ? a.charCodeAt(index) : -1,
      index < b.length ? b.charCodeAt(index) : -1,
    ];
    if (left !== right) return left < right;
  }
  return false;
}

test('the documented message has the documented canonical text', () => {
  const json =
    '{"sign":"x","sign_type":"RSA","ret_msg":"交易成功","ret_code":"0000","money_refund":200.10,' +
    '"oid_partner":"201103171000000000","no_refund":"2013051500005","settle_date":"","rate":null}';
  expect(canonicalText(parseFields(json) ?? new Map())).toBe(
    'money_refund=200.10&no_refund=2013051500005&oid_partner=201103171000000000' +
      '&ret_code=0000&ret_msg=交易成功&sign_type=RSA',
  );
});

test("the order of the message's fields does not matter", () => {
  const twoOrders = clearMessage.chain((pairs) =>
    fc.tuple(fc.constant(pairs), fc.shuffledSubarray(pairs, { minLength: pairs.length })),
  );
  fc.assert(
    fc.property(twoOrders, ([one, other]) => {
      expect(canonicalText(new Map(one))).toBe(canonicalText(new Map(other)));
    }),
  );
});

test('the text has every field unchanged, in code unit order', () => {
  fc.assert(
    fc.property(clearMessage, (pairs) => {
      const present = pairs.filter(([key]) => key !== 'sign');
      const parts = canonicalText(new Map(pairs)).split('&').filter(Boolean);
      expect(parts.sort()).toEqual(present.map((pair) => pair.join('=')).sort());
      const keys = canonicalText(new Map(pairs))
        .split('&')
        .map((part) => part.split('=')[0] ?? '');
      for (const [index, key] of keys.slice(1).entries())
        expect(comesBefore(keys[index] ?? '', key)).toBe(true);
    }),
  );
});

test('sign and empty fields change nothing', () => {
  fc.assert(
    fc.property(clearMessage, text, clearText, (pairs, sign, empty) => {
      const fields = new Map(pairs.filter(([key]) => key !== 'sign' && key !== empty));
      const more = new Map([['sign', sign], ...fields, [empty, '']]);
      expect(canonicalText(more)).toBe(canonicalText(fields));
    }),
  );
});

test.each([
  ['capital letters come before small ones', { b: '1', B: '2', a: '3', A: '4' }, 'A=4&B=2&a=3&b=1'],
  ['_ comes between them', { ab: '1', a_: '2', aB: '3' }, 'aB=3&a_=2&ab=1'],
  ['digits are text, not numbers', { 10: 'a', 9: 'b', 1: 'c' }, '1=c&10=a&9=b'],
  [
    'a key comes before those that it begins',
    { sign_type: '1', sig: '2', sign_: '3' },
    'sig=2&sign_=3&sign_type=1',
  ],
  ['no language has a say', { ä: '1', z: '2', é: '3' }, 'z=2&ä=1&é=3'],
  [
    'surrogates come before what they stand beyond',
    { '\uffff': '1', '\u{1f600}': '2' },
    '\u{1f600}=2&\uffff=1',
  ],
  ['nothing is encoded for a URL', { a: 'https://m/?x=1&y=%20 +中' }, 'a=https://m/?x=1&y=%20 +中'],
  ['Sign and sign_type take part', { Sign: '1', sign: '2', sign_type: 'RSA' }, 'Sign=1&sign_type=RSA'],
  ['zero and spaces are not empty', { a: '0', b: ' ' }, 'a=0&b= '],
  ['nothing', {}, ''],
])('%s', (_what, message, expected) => {
  expect(textOf(message)).toBe(expected);
});
