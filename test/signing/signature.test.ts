import { createPrivateKey, createPublicKey } from 'node:crypto';
import { type Fields, parseFields } from '../../shared/signing/fields.ts';
import { isSignedBy, signFields } from '../../shared/signing/signature.ts';
import { type OpenSsl, openSsl } from './openssl.ts';

/** Each message with its canonical text, written by hand. */
const VECTORS: [string, string, string][] = [
  [
    'a request',
    '{"no_refund":"2013051500005","oid_partner":"201103171000000000","money_refund":"200.01","sign_type":"RSA"}',
    'money_refund=200.01&no_refund=2013051500005&oid_partner=201103171000000000&sign_type=RSA',
  ],
  [
    'an answer in Chinese',
    '{"ret_code":"0000","ret_msg":"交易成功","sign_type":"RSA","no_refund":"1"}',
    'no_refund=1&ret_code=0000&ret_msg=交易成功&sign_type=RSA',
  ],
  [
    'numbers without quotes',
    '{"money_refund":200.10,"oid_refundno":2013051613121209,"sta_refund":2,"rate":1e2,"sign_type":"RSA"}',
    'money_refund=200.10&oid_refundno=2013051613121209&rate=1e2&sign_type=RSA&sta_refund=2',
  ],
  [
    'empty fields and null',
    '{"settle_date":"","rate":null,"no_refund":"1","sign_type":"RSA"}',
    'no_refund=1&sign_type=RSA',
  ],
  [
    'characters beyond the basic plane',
    '{"\u{1f600}":"1","\uffff":"2","sign_type":"RSA"}',
    'sign_type=RSA&\u{1f600}=1&\uffff=2',
  ],
];

const BITS = ['1024', '2048', '4096'];

let openssl: OpenSsl;
const pems = new Map<string, { privatePem: string; publicPem: string }>();

beforeAll(() => {
  openssl = openSsl();
  for (const bits of BITS) {
    const privatePem = openssl.run('genrsa', bits).toString();
    const privateFile = openssl.file(`private-${bits}.pem`, privatePem);
    const publicPem = openssl.run('rsa', '-in', privateFile, '-pubout').toString();
    openssl.file(`public-${bits}.pem`, publicPem);
    pems.set(bits, { privatePem, publicPem });
  }
});

afterAll(() => openssl.remove());

const fieldsOf = (json: string) => parseFields(json) ?? new Map<string, string>();
const privateKey = (bits: string) => createPrivateKey(pems.get(bits)?.privatePem ?? '');
const publicKey = (bits: string) => createPublicKey(pems.get(bits)?.publicPem ?? '');

function signedByOpenSsl(text: string, bits: string): string {
  const textFile = openssl.file('text', text);
  openssl.run('dgst', '-md5', '-sign', `private-${bits}.pem`, '-out', 'signature', textFile);
  return openssl.run('base64', '-A', '-in', 'signature').toString();
}

function openSslVerifies(text: string, sign: string, bits: string): boolean {
  const textFile = openssl.file('text', text);
  const signFile = openssl.file('signature', Buffer.from(sign, 'base64'));
  try {
    const output = openssl.run(
      'dgst',
      '-md5',
      '-verify',
      `public-${bits}.pem`,
      '-signature',
      signFile,
      textFile,
    );
    return output.toString().includes('Verified OK');
  } catch {
    return false;
  }
}

const both = VECTORS.flatMap((vector) => BITS.map((bits) => [bits, ...vector] as const));

test.each(both)('%s bits: a signature by openssl verifies: %s', (bits, _what, json, text) => {
  const fields = new Map([...fieldsOf(json), ['sign', signedByOpenSsl(text, bits)]]);
  expect(isSignedBy(fields, [publicKey(bits)])).toBe(true);
});

test.each(both)('%s bits: openssl verifies a signature of the service: %s', (bits, _what, json, text) => {
  const signed = signFields(fieldsOf(json), privateKey(bits));
  expect(openSslVerifies(text, signed.get('sign') ?? '', bits)).toBe(true);
  expect(openSslVerifies(`${text} `, signed.get('sign') ?? '', bits)).toBe(false);
});

test.each(both)('%s bits: openssl and the service make the same signature: %s', (bits, _what, json, text) => {
  expect(signFields(fieldsOf(json), privateKey(bits)).get('sign')).toBe(signedByOpenSsl(text, bits));
});

describe('a signed message', () => {
  let signed: Fields;
  beforeAll(() => {
    signed = signFields(
      new Map([
        ['no_refund', '1'],
        ['money_refund', '200.10'],
        ['rate', ''],
      ]),
      privateKey('1024'),
    );
  });
  const verifies = (change: [string, string]) =>
    isSignedBy(new Map([...signed, change]), [publicKey('1024')]);

  test('has sign_type RSA, whatever it had before', () => {
    const typed = signFields(new Map([['sign_type', 'MD5']]), privateKey('1024'));
    expect(typed.get('sign_type')).toBe('RSA');
    expect(isSignedBy(typed, [publicKey('1024')])).toBe(true);
  });

  test('has a signature over its fields, without an older signature', () => {
    expect(signFields(signed, privateKey('1024')).get('sign')).toBe(signed.get('sign'));
  });

  test('leaves the original fields unchanged', () => {
    const fields = new Map([['no_refund', '1']]);
    signFields(fields, privateKey('1024'));
    expect([...fields]).toEqual([['no_refund', '1']]);
  });

  test.each([
    ['another value', ['no_refund', '2']],
    ['the same amount with another text', ['money_refund', '200.1']],
    ['a value where there was none', ['rate', '1']],
    ['a field more', ['extra', '1']],
    ['another sign_type', ['sign_type', 'MD5']],
    ['a field taken away', ['no_refund', '']],
    ['no signature', ['sign', '']],
    ['a signature that is none', ['sign', '!']],
  ] as [string, [string, string]][])('verifies no more with %s', (_what, change) => {
    expect(verifies(change)).toBe(false);
  });

  test('still verifies with an additional empty field', () => {
    expect(verifies(['extra', ''])).toBe(true);
  });

  test('verifies under any of several keys, and under no other', () => {
    expect(isSignedBy(signed, [publicKey('2048'), publicKey('1024')])).toBe(true);
    expect(isSignedBy(signed, [publicKey('2048'), publicKey('4096')])).toBe(false);
    expect(isSignedBy(signed, [])).toBe(false);
  });
});

test('a signature with another digest does not verify', () => {
  const textFile = openssl.file('text', 'no_refund=1&sign_type=RSA');
  openssl.run('dgst', '-sha256', '-sign', 'private-2048.pem', '-out', 'signature', textFile);
  const sign = openssl.run('base64', '-A', '-in', 'signature').toString();
  const fields = new Map([
    ['no_refund', '1'],
    ['sign_type', 'RSA'],
    ['sign', sign],
  ]);
  expect(isSignedBy(fields, [publicKey('2048')])).toBe(false);
});
