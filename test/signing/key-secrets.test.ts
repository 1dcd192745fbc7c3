import { generateKeyPairSync } from 'node:crypto';
import { lianlianKeysOf, merchantKeyOf } from '../../shared/signing/key-secrets.ts';
import { bare } from './openssl.ts';

const pair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 1024,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

const mine = pair();
const others = [pair(), pair()];
const publicPems = others.map(({ publicKey }) => publicKey);

describe("the merchant's secret", () => {
  test.each([
    ['a JSON object', JSON.stringify({ private_key: mine.privateKey })],
    ['a JSON object of bare base64', JSON.stringify({ private_key: bare(mine.privateKey) })],
    ['a JSON object with more in it', JSON.stringify({ note: 'x', private_key: mine.privateKey })],
    [
      'a JSON object of a PEM whose line breaks were escaped twice',
      JSON.stringify({ private_key: mine.privateKey.replaceAll('\n', '\\n') }),
    ],
    ['the bare PEM', mine.privateKey],
    ['bare base64', bare(mine.privateKey)],
  ])('may be %s', (_what, secret) => {
    expect(merchantKeyOf(secret).export({ type: 'pkcs8', format: 'pem' })).toBe(mine.privateKey);
  });

  test.each([
    ['another name', JSON.stringify({ key: mine.privateKey }), /private_key/],
    ['the public key', JSON.stringify({ private_key: mine.publicKey }), /private key/],
    ['a list', JSON.stringify([mine.privateKey]), /private_key/],
    ['no text', JSON.stringify({ private_key: 7 }), /private_key/],
    ['null', JSON.stringify({ private_key: null }), /private_key/],
    ['an empty object', '{}', /private_key/],
    ['an empty text', '', /private key/],
    ['half a JSON object', JSON.stringify({ private_key: mine.privateKey }).slice(0, -2), /private key/],
  ])('may not be %s: the error says what to store', (_what, secret, expected) => {
    expect(() => merchantKeyOf(secret)).toThrow(expected);
    expect(() => merchantKeyOf(secret)).toThrow(/store/);
    expect(() => merchantKeyOf(secret)).not.toThrow(bare(mine.privateKey).slice(40, 80));
  });
});

describe("the gateway's secret", () => {
  const pemsOf = (secret: string) =>
    lianlianKeysOf(secret).map((key) => key.export({ type: 'spki', format: 'pem' }));

  test.each([
    ['a list of two', JSON.stringify({ public_keys: publicPems }), publicPems],
    ['a list of one', JSON.stringify({ public_keys: publicPems.slice(1) }), publicPems.slice(1)],
    ['a list of bare base64', JSON.stringify({ public_keys: publicPems.map(bare) }), publicPems],
    ['the bare PEM', publicPems[0] ?? '', publicPems.slice(0, 1)],
    ['bare base64', bare(publicPems[0] ?? ''), publicPems.slice(0, 1)],
  ])('may be %s', (_what, secret, expected) => {
    expect(pemsOf(secret)).toEqual(expected);
  });

  test.each([
    ['a text for the list', JSON.stringify({ public_keys: publicPems[0] }), /public_keys/],
    ['an empty list', JSON.stringify({ public_keys: [] }), /public_keys/],
    ['another name', JSON.stringify({ public_key: publicPems }), /public_keys/],
    ['something else in the list', JSON.stringify({ public_keys: [publicPems[0], 7] }), /public_keys/],
    ['a list alone', JSON.stringify(publicPems), /public_keys/],
    ['a private key', JSON.stringify({ public_keys: [mine.privateKey] }), /public key/],
    [
      'one unusable key among good ones',
      JSON.stringify({ public_keys: [...publicPems, 'AAAA'] }),
      /public key/,
    ],
    ['an empty text', '', /public key/],
  ])('may not be %s: the error says what to store', (_what, secret, expected) => {
    expect(() => pemsOf(secret)).toThrow(expected);
    expect(() => pemsOf(secret)).toThrow(/store/);
  });
});
