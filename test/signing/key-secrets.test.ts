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

/** JSON with unescaped line breaks in its strings, as people type it into a console. */
const typed = (name: string, text: string) => `{\n  "${name}": "${text}"\n}`;

const BAG =
  'Bag Attributes\n    friendlyName: merchant\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n';

const encoded = (text: string) => Buffer.from(text).toString('base64');

describe("the merchant's secret", () => {
  test.each([
    ['a JSON object', JSON.stringify({ private_key: mine.privateKey })],
    ['a JSON object of bare base64', JSON.stringify({ private_key: bare(mine.privateKey) })],
    ['a JSON object with more in it', JSON.stringify({ note: 'x', private_key: mine.privateKey })],
    [
      'a JSON object of a PEM whose line breaks were escaped twice',
      JSON.stringify({ private_key: mine.privateKey.replaceAll('\n', '\\n') }),
    ],
    [
      'a JSON object of a PEM whose line breaks were escaped three times',
      JSON.stringify({ private_key: mine.privateKey.replaceAll('\n', '\\\\n') }),
    ],
    ['a JSON object with real line breaks in its text', typed('private_key', mine.privateKey)],
    ['the same with CRLF', typed('private_key', mine.privateKey).replaceAll('\n', '\r\n')],
    ['a JSON object after a BOM', `\ufeff${JSON.stringify({ private_key: mine.privateKey })}`],
    ['a JSON object of base64 of a PEM file', JSON.stringify({ private_key: encoded(mine.privateKey) })],
    ['a JSON object with bag attributes', JSON.stringify({ private_key: BAG + mine.privateKey })],
    ['a JSON object with bag attributes and real line breaks', typed('private_key', BAG + mine.privateKey)],
    ['a JSON object that lost its end', typed('private_key', mine.privateKey).slice(0, -3)],
    [
      'a JSON object of bare base64 after a BOM',
      `\ufeff${JSON.stringify({ private_key: bare(mine.privateKey) })}`,
    ],
    [
      'a JSON object of bare base64 with real line breaks',
      typed('private_key', bare(mine.privateKey).replace(/.{64}/g, '$&\n')),
    ],
    ['a JSON text', JSON.stringify(mine.privateKey)],
    ['the bare PEM', mine.privateKey],
    ['the bare PEM after a BOM', `\ufeff${mine.privateKey}`],
    ['the bare PEM with bag attributes', BAG + mine.privateKey],
    ['the bare PEM in base64', encoded(mine.privateKey)],
    ['the bare PEM in base64, in lines', encoded(BAG + mine.privateKey).replace(/.{76}/g, '$&\n')],
    ['both halves', mine.publicKey + mine.privateKey],
    ['bare base64', bare(mine.privateKey)],
    ['bare base64 after a BOM', `\ufeff${bare(mine.privateKey)}`],
    ['PKCS#8 under the label of PKCS#1', mine.privateKey.replaceAll('PRIVATE', 'RSA PRIVATE')],
  ])('may be %s', (_what, secret) => {
    expect(merchantKeyOf(secret).export({ type: 'pkcs8', format: 'pem' })).toBe(mine.privateKey);
  });

  test.each([
    ['another name', JSON.stringify({ key: mine.privateKey }), /private_key/],
    [
      'the public key',
      JSON.stringify({ private_key: mine.publicKey }),
      /'PUBLIC KEY'; store an RSA private key/,
    ],
    ['the bare public key', bare(mine.publicKey), /is a public key; store an RSA private key/],
    ['a list', JSON.stringify([mine.privateKey]), /private_key/],
    ['no text', JSON.stringify({ private_key: 7 }), /private_key/],
    ['null', JSON.stringify({ private_key: null }), /private_key/],
    ['an empty object', '{}', /private_key/],
    ['an empty text', '', /is empty; store an RSA private key/],
    ['two keys', mine.privateKey + others[0]?.privateKey, /holds 2 private keys; store an RSA private key/],
    ['half a PEM', JSON.stringify({ private_key: mine.privateKey.slice(0, 400) }), /without its end/],
  ])('may not be %s: the error says what to store', (_what, secret, expected) => {
    expect(() => merchantKeyOf(secret)).toThrow(expected);
    expect(() => merchantKeyOf(secret)).toThrow(/store/);
    expect(() => merchantKeyOf(secret)).not.toThrow(bare(mine.privateKey).slice(40, 80));
  });
});

describe("the gateway's secret", () => {
  const faultsFound: string[] = [];
  beforeEach(() => faultsFound.splice(0));
  const pemsOf = (secret: string) =>
    lianlianKeysOf(secret, (fault) => faultsFound.push(fault)).map((key) =>
      key.export({ type: 'spki', format: 'pem' }),
    );

  const [first = '', second = ''] = publicPems;
  const list = JSON.stringify(publicPems);

  test.each([
    ['a list of two', JSON.stringify({ public_keys: publicPems }), publicPems],
    ['a list of one', JSON.stringify({ public_keys: [second] }), [second]],
    ['a list of bare base64', JSON.stringify({ public_keys: publicPems.map(bare) }), publicPems],
    ['a list with two in one text', JSON.stringify({ public_keys: [first + second] }), publicPems],
    ['one key as a text', JSON.stringify({ public_keys: first }), [first]],
    ['one bare key as a text', JSON.stringify({ public_keys: bare(first) }), [first]],
    ['several PEM blocks as a text', JSON.stringify({ public_keys: first + second }), publicPems],
    ['several PEM blocks as a text, typed', typed('public_keys', first + second), publicPems],
    ['a JSON list as a text', JSON.stringify({ public_keys: list }), publicPems],
    [
      'a JSON list as a text, typed',
      JSON.stringify({ public_keys: `[\n"${first}",\n"${second}"\n]` }),
      publicPems,
    ],
    ['one key under public_key', JSON.stringify({ public_key: first }), [first]],
    ['one bare key under public_key', JSON.stringify({ public_key: bare(first) }), [first]],
    ['a list under public_key', JSON.stringify({ public_key: publicPems }), publicPems],
    ['a JSON list as a text under public_key', JSON.stringify({ public_key: list }), publicPems],
    ['the bare PEM', first, [first]],
    ['several bare PEM blocks', `a note\n${first}\nanother\n${second}`, publicPems],
    ['a bare JSON list', list, publicPems],
    ['a bare JSON list after a BOM', `\ufeff${list}`, publicPems],
    ['bare base64', bare(first), [first]],
    ['base64 of a PEM file with two', encoded(first + second), publicPems],
    ['a PEM without line breaks', JSON.stringify({ public_keys: first.replaceAll('\n', '') }), [first]],
  ])('may be %s', (_what, secret, expected) => {
    expect(pemsOf(secret)).toEqual(expected);
    expect(faultsFound).toEqual([]);
  });

  test.each([
    ['an empty list', JSON.stringify({ public_keys: [] }), /public_keys/],
    ['another name', JSON.stringify({ keys: publicPems }), /public_keys/],
    ['null', JSON.stringify({ public_keys: null }), /public_keys/],
    ['an empty text in it', JSON.stringify({ public_keys: '' }), /is empty; store an RSA public key/],
    [
      'a private key',
      JSON.stringify({ public_keys: [mine.privateKey] }),
      /'PRIVATE KEY'; store an RSA public key/,
    ],
    ['a bare private key', bare(mine.privateKey), /is a private key; store an RSA public key/],
    [
      'no usable key',
      JSON.stringify({ public_keys: ['AAAA', 7] }),
      /no usable key: entry 1 of 2 .*, entry 2 of 2 is no text/,
    ],
    ['an empty text', '', /public key/],
    ['two bare keys in one text', bare(first) + bare(second), /more than one key; store several as a list/],
  ])('may not be %s: the error says what to store', (_what, secret, expected) => {
    expect(() => pemsOf(secret)).toThrow(expected);
    expect(() => pemsOf(secret)).toThrow(/store/);
    expect(faultsFound).toEqual([]);
  });

  test.each([
    ['unusable', ['AAAA', first, second], [/^entry 1 of 3 can't be read as a key; store an RSA public key/]],
    ['no text', [first, 7, second], [/^entry 2 of 3 is no text; store/]],
    ['a private key', [first, second, mine.privateKey], [/^entry 3 of 3 holds a PEM block 'PRIVATE KEY'/]],
    ['cut', [first.slice(0, 100), first + second], [/^entry 1 of 3 holds a PEM block without its end/]],
    ['bad, two of them', ['', first, second, null], [/^entry 1 of 4 is empty/, /^entry 4 of 4 is no text/]],
  ])('a bad key, %s, is reported by its position, and the others are used', (_what, public_keys, faults) => {
    expect(pemsOf(JSON.stringify({ public_keys }))).toEqual(publicPems);
    expect(faultsFound).toEqual(faults.map((fault) => expect.stringMatching(fault)));
    expect(faultsFound.join()).not.toContain(bare(mine.privateKey).slice(40, 60));
  });

  test('public_key beside public_keys is not used, and reported', () => {
    expect(pemsOf(JSON.stringify({ public_keys: [first], public_key: second }))).toEqual([first]);
    expect(faultsFound).toEqual([expect.stringMatching(/'public_key' beside 'public_keys'.*into the list/)]);
  });

  test('a truncated PEM block does not hide the next one', () => {
    expect(pemsOf(first.slice(0, 100) + second)).toEqual([second]);
    expect(faultsFound).toEqual([expect.stringMatching(/^entry 1 of 2/)]);
  });
});
