import { readFileSync } from 'node:fs';
import { assert, property, string } from 'fast-check';
import { packText, unpackText } from '../../shared/gateway/packed-text.ts';
import { accepted, signed } from './signed-messages.ts';

test('a text comes back to the letter', () => {
  assert(
    property(string({ unit: 'grapheme', maxLength: 2_000 }), (text) => unpackText(packText(text)) === text),
  );
});

test('a signed message takes less room than it has letters', () => {
  const text = signed(accepted);
  expect(unpackText(packText(text))).toBe(text);
  expect(packText(text).length).toBeLessThan(0.6 * text.length);
});

test('what is not packed is refused', () => {
  expect(() => unpackText(Buffer.from('not packed'))).toThrow();
});

test('a message that an earlier version packed comes back to the letter: records may hold it while one is deployed', () => {
  const packed = [
    'pdFPc0NQFIfhD2SmOefiYsmNKCUIw7ATl6aRpjQdcn36/t8knU5nerbv6vec/81FkFFD+L6r9SiDiup7wiuIr2YogPpPKB+doowE',
    'P2EviAjADfyJAGWgRPsNwgr73dM8BV6yW7u5Q9t1ziruu3Mf8iB+jMxy5YOrm4tG5/YiFEcudLgttg+MG2l+OJ6zjs+JlG6UinBm',
    '05Wk3Z1eMmlw9t2Ujo7hR8+lKhXUnmizbfJ6k3RtF8YcxHm0iiyzsLP7fXMQJBLslI9ZW/vWfbJkitd7A0sxdktpCOrKfPvZKw==',
  ].join('');
  const sample = JSON.parse(readFileSync('events/notify-callback.json', 'utf8'));
  expect(unpackText(Buffer.from(packed, 'base64'))).toBe(JSON.stringify(sample));
});
