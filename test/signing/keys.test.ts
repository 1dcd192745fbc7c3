import type { KeyObject } from 'node:crypto';
import { parsePrivateKey, parsePublicKey } from '../../shared/signing/keys.ts';
import { bare, type OpenSsl, openSsl } from './openssl.ts';

let openssl: OpenSsl;
beforeAll(() => {
  openssl = openSsl();
});
afterAll(() => openssl.remove());

/** The ways in which a PEM's line breaks are lost or changed when it is stored in a secret. */
const PEM_SPELLINGS: [string, (pem: string) => string][] = [
  ['PEM', (pem) => pem],
  ['PEM without its last line break', (pem) => pem.trim()],
  ['PEM with CRLF', (pem) => pem.replaceAll('\n', '\r\n')],
  ['PEM without line breaks', (pem) => pem.replaceAll('\n', '')],
  ['PEM with spaces for line breaks', (pem) => pem.replaceAll('\n', ' ')],
  ['PEM with \\n written out', (pem) => pem.replaceAll('\n', '\\n')],
  ['PEM with \\r\\n written out', (pem) => pem.replaceAll('\n', '\\r\\n')],
  ['PEM with \\\\n written out', (pem) => pem.replaceAll('\n', '\\\\n')],
  ['PEM with blank lines around it', (pem) => `\n\n${pem}\n\n`],
  ['PEM after a BOM', (pem) => `\ufeff${pem}`],
  ['PEM with text around it', (pem) => `Bag Attributes\n    friendlyName: x\n${pem}\nthe end`],
  ['base64 of the PEM', (pem) => Buffer.from(pem).toString('base64')],
  ['base64 of the PEM, in lines', (pem) => Buffer.from(pem).toString('base64').replace(/.{76}/g, '$&\n')],
];

const BARE_SPELLINGS: [string, (pem: string) => string][] = [
  ['bare base64 in one line', bare],
  ['bare base64 with a line break at its end', (pem) => `${bare(pem)}\n`],
  ['bare base64 in lines of 64', (pem) => bare(pem).replace(/.{64}/g, '$&\n')],
  ['bare base64 in lines of 76 with CRLF', (pem) => bare(pem).replace(/.{76}/g, '$&\r\n')],
];

const SPELLINGS = [...PEM_SPELLINGS, ...BARE_SPELLINGS];

/** Two keys are the same if they have the same modulus. */
const modulusOf = (key: KeyObject) => key.export({ format: 'jwk' }).n;

function modulusBy(file: string): string {
  const hex = openssl.run('rsa', '-in', file, '-noout', '-modulus').toString().trim().replace('Modulus=', '');
  return Buffer.from(hex, 'hex').toString('base64url');
}

describe.each(['1024', '2048'])('an RSA key of %s bits', (bits) => {
  let file: string;
  let pkcs8: string;
  let pkcs1: string;
  let spki: string;
  let pkcs1Public: string;

  beforeAll(() => {
    const made = openssl.run('genpkey', '-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`);
    file = openssl.file(`key-${bits}.pem`, made);
    pkcs8 = openssl.run('pkcs8', '-topk8', '-nocrypt', '-in', file).toString();
    pkcs1 = openssl.run('rsa', '-in', file, '-traditional').toString();
    spki = openssl.run('rsa', '-in', file, '-pubout').toString();
    pkcs1Public = openssl.run('rsa', '-in', file, '-RSAPublicKey_out').toString();
  });

  test('has the intended forms', () => {
    expect(pkcs8).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(pkcs1).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    expect(spki).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(pkcs1Public).toMatch(/^-----BEGIN RSA PUBLIC KEY-----\n/);
  });

  test.each(SPELLINGS)('is read as a private key of PKCS#8 from %s', (_what, spelled) => {
    const key = parsePrivateKey(spelled(pkcs8));
    expect([key.type, modulusOf(key)]).toEqual(['private', modulusBy(file)]);
  });

  test.each(SPELLINGS)('is read as a private key of PKCS#1 from %s', (_what, spelled) => {
    const key = parsePrivateKey(spelled(pkcs1));
    expect([key.type, modulusOf(key)]).toEqual(['private', modulusBy(file)]);
  });

  test.each(SPELLINGS)('is read as a public key of PKCS#1 from %s', (_what, spelled) => {
    const key = parsePublicKey(spelled(pkcs1Public));
    expect([key.type, modulusOf(key)]).toEqual(['public', modulusBy(file)]);
  });

  test.each(SPELLINGS)('is read as a public key from %s', (_what, spelled) => {
    const key = parsePublicKey(spelled(spki));
    expect([key.type, modulusOf(key)]).toEqual(['public', modulusBy(file)]);
  });
});
