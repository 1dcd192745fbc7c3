import { parsePrivateKey, parsePublicKey } from '../../shared/signing/keys.ts';
import { bare, type OpenSsl, openSsl } from './openssl.ts';

const openssl: OpenSsl = openSsl();
afterAll(() => openssl.remove());

const run = (...args: string[]) => openssl.run(...args).toString();
const generate = (name: string, ...args: string[]) => openssl.file(name, run('genpkey', ...args));
const rsa = (bits: number) => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`];

const good = generate('good.pem', ...rsa(1024));
const short = generate('short.pem', ...rsa(512));
const almost = generate('almost.pem', ...rsa(1016));
const pss = generate('pss.pem', '-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:1024');
const ec = generate('ec.pem', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
const ed25519 = generate('ed25519.pem', '-algorithm', 'ed25519');

const pkcs8 = (file: string) => run('pkcs8', '-topk8', '-nocrypt', '-in', file);
const pkcs1 = (file: string) => run('rsa', '-in', file, '-traditional');
const spki = (file: string) => run('pkey', '-in', file, '-pubout');
const rsaPublic = (file: string) => run('rsa', '-in', file, '-RSAPublicKey_out');
// Of this length base64 needs no padding, so that two texts are one.
const rsa2048 = pkcs8(generate('long.pem', ...rsa(2048)));
const half = (text: string) => text.slice(0, text.length / 2);

const certificate = run('req', '-x509', '-key', good, '-subj', '/CN=merchant', '-days', '1', '-batch');
const encrypted = run('pkcs8', '-topk8', '-in', good, '-passout', 'pass:secret');
const encryptedPkcs1 = run('rsa', '-in', good, '-traditional', '-aes128', '-passout', 'pass:secret');

const NOT_KEYS: [string, string][] = [
  ['nothing', ''],
  ['spaces', ' \n '],
  ['arbitrary text', 'password'],
  ['a sentence', 'the key is in the safe'],
  ['base64 of something else', Buffer.from('some other text that is not a key at all').toString('base64')],
  ['Chinese', '密钥'],
  ['a PEM without content', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----'],
  ['a PEM of something else', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
  ['a certificate', certificate],
  ['a bare certificate', bare(certificate)],
  ['dots', '.'.repeat(800)],
];

const REFUSED_PRIVATE: [string, string][] = [
  ...NOT_KEYS,
  ['a private key of 512 bits', pkcs8(short)],
  ['a bare private key of 512 bits', bare(pkcs1(short))],
  ['a private key just too short', pkcs8(almost)],
  ['an RSA-PSS key', pkcs8(pss)],
  ['an EC key', pkcs8(ec)],
  ['an EC key in its own form', run('ec', '-in', ec)],
  ['a bare EC key', bare(pkcs8(ec))],
  ['an ed25519 key', pkcs8(ed25519)],
  ['a public key', spki(good)],
  ['a bare public key', bare(spki(good))],
  ['an encrypted key', encrypted],
  ['a bare encrypted key', bare(encrypted)],
  ['an encrypted PKCS#1 key', encryptedPkcs1],
  ['half a key', half(bare(pkcs8(good)))],
  ['a PEM without its end', half(pkcs8(good))],
  ['a PEM that ends as another', pkcs8(good).replace('END PRIVATE', 'END PUBLIC')],
  ['two keys', pkcs8(good) + pkcs1(good)],
  ['two bare keys', bare(rsa2048) + bare(rsa2048)],
];

const REFUSED_PUBLIC: [string, string][] = [
  ...NOT_KEYS,
  ['a public key of 512 bits', spki(short)],
  ['a bare public key of 512 bits', bare(spki(short))],
  ['a public key just too short', spki(almost)],
  ['an RSA-PSS key', spki(pss)],
  ['an EC key', spki(ec)],
  ['a bare EC key', bare(spki(ec))],
  ['an ed25519 key', spki(ed25519)],
  ['a private key', pkcs8(good)],
  ['a private PKCS#1 key', pkcs1(good)],
  ['a bare private key', bare(pkcs8(good))],
  ['a bare private PKCS#1 key', bare(pkcs1(good))],
  ['a private key under a public label', pkcs8(good).replaceAll('PRIVATE', 'PUBLIC')],
  ['half a key', half(bare(spki(good)))],
];

function errorOf(parse: (text: string) => unknown, text: string): string {
  try {
    parse(text);
  } catch (error) {
    return String(error);
  }
  throw new Error('it was accepted');
}

/** Whether the message has any eight consecutive characters of a key. */
function quotes(message: string, text: string): boolean {
  const content = bare(text);
  return Array.from({ length: Math.max(0, content.length - 7) }, (_, at) => content.slice(at, at + 8)).some(
    (part) => message.includes(part),
  );
}

test.each(REFUSED_PRIVATE)('the merchant secret refuses %s with advice', (_what, text) => {
  const message = errorOf(parsePrivateKey, text);
  expect(message).toMatch(/store an RSA private key of at least 1024 bits/);
  expect(quotes(message, text)).toBe(false);
});

test.each(REFUSED_PUBLIC)('the gateway secret refuses %s with advice', (_what, text) => {
  const message = errorOf(parsePublicKey, text);
  expect(message).toMatch(/store an RSA public key of at least 1024 bits/);
  expect(quotes(message, text)).toBe(false);
});

test.each([
  ['too short', () => errorOf(parsePrivateKey, pkcs8(short)), /512 bits/],
  ['another type', () => errorOf(parsePrivateKey, pkcs8(ec)), /type ec/],
  ['RSA-PSS', () => errorOf(parsePublicKey, spki(pss)), /rsa-pss/],
  ['public for private', () => errorOf(parsePrivateKey, spki(good)), /'PUBLIC KEY'/],
  ['a certificate', () => errorOf(parsePublicKey, certificate), /'CERTIFICATE'/],
  ['encrypted', () => errorOf(parsePrivateKey, encrypted), /'ENCRYPTED PRIVATE KEY'.*not encrypted/],
  ['encrypted PKCS#1', () => errorOf(parsePrivateKey, encryptedPkcs1), /is encrypted.*not encrypted/],
  ['a bare public key', () => errorOf(parsePrivateKey, bare(spki(good))), /is a public key/],
  ['a bare public PKCS#1 key', () => errorOf(parsePrivateKey, bare(rsaPublic(good))), /is a public key/],
  ['a bare private key', () => errorOf(parsePublicKey, bare(pkcs8(good))), /is a private key/],
  ['a bare private PKCS#1 key', () => errorOf(parsePublicKey, bare(pkcs1(good))), /is a private key/],
  ['without an end', () => errorOf(parsePrivateKey, half(pkcs8(good))), /without its end/],
  ['two of them', () => errorOf(parsePrivateKey, pkcs8(good) + pkcs1(good)), /2 private keys/],
])('the error says what is wrong: %s', (_what, error, expected) => {
  expect(error()).toMatch(expected);
});
