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
