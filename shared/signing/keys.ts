import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** The gateway takes 1024 to 4096 bits; below that anybody with some computers can sign. */
const MIN_BITS = 1024;

type Half = 'private' | 'public';

const FORMS: Record<Half, string> = {
  private: 'PKCS#8 or PKCS#1, not encrypted',
  public: 'SPKI or PKCS#1',
};

/** The labels of PEM blocks that hold such a half. Which of the encodings it is, they tell wrongly at times. */
const LABELS: Record<Half, RegExp> = { private: /^(RSA )?PRIVATE KEY$/, public: /^(RSA )?PUBLIC KEY$/ };

/**
 * Reads the merchant's private key in any form in which it is handed out; certificates and public keys beside it are
 * left alone.
 *
 * @throws Error that says what to store instead, without quoting the text
 */
export function parsePrivateKey(text: string): KeyObject {
  const blocks = blocksOf(text);
  const keys = blocks.filter((block) => LABELS.private.test(pemOf(block)?.label ?? ''));
  if (keys.length > 1) throw refusal(`holds ${keys.length} private keys`, 'private');
  return parse(keys[0] ?? blocks[0] ?? '', 'private');
}

/**
 * Reads one public key of the gateway in any form in which it is handed out.
 *
 * @throws Error that says what to store instead, without quoting the text
 */
export function parsePublicKey(block: string): KeyObject {
  return parse(blocksOf(block)[0] ?? '', 'public');
}

/**
 * The PEM blocks of a text, without what stands around them; the whole text where it has none. Line breaks may be
 * written as `\n`, and the whole may be base64.
 */
export function blocksOf(text: string): string[] {
  const plain = text.replace(/\\+[rn]/g, '\n').trim();
  const blocks = plain.split(/(?=-----BEGIN )/).filter(isPem);
  if (blocks.length > 0) return blocks;
  const decoded = Buffer.from(plain, 'base64').toString('latin1');
  return decoded.includes('-----BEGIN ') ? blocksOf(decoded) : [plain];
}

const isPem = (block: string): boolean => block.startsWith('-----BEGIN ');

function pemOf(block: string): { label: string; content: string } | undefined {
  const [, label, content] = /^-----BEGIN ([A-Z0-9 ]{1,40})-----([\s\S]*?)-----END \1-----/.exec(block) ?? [];
  return label === undefined || content === undefined ? undefined : { label, content };
}

function parse(block: string, half: Half): KeyObject {
  const pem = pemOf(block);
  if (pem && !LABELS[half].test(pem.label)) throw refusal(`holds a PEM block '${pem.label}'`, half);
  const der = decode(pem?.content ?? block, half);
  if (hasMoreBehind(der)) throw refusal('holds more than one key; store several as a list, or as PEM', half);
  const key = keyIn(der);
  if (key?.type !== half) throw refusal(key ? `is a ${key.type} key` : "can't be read as a key", half);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa') throw refusal(`is of type ${key.asymmetricKeyType}`, half);
  if (bits < MIN_BITS) throw refusal(`has only ${bits} bits`, half);
  return key;
}

function decode(content: string, half: Half): Buffer {
  if (isPem(content)) throw refusal('holds a PEM block without its end', half);
  if (content.includes('ENCRYPTED')) throw refusal('is encrypted', half);
  const base64 = content.replace(/\s/g, '');
  if (!base64) throw refusal('is empty', half);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw refusal('is neither PEM nor base64', half);
  return Buffer.from(base64, 'base64');
}

/**
 * Whether something follows the DER value: a second key in bare base64, which OpenSSL leaves out without a word. A value
 * of 128 bytes or more, like any key's, gives its length in the bytes behind the second one.
 */
function hasMoreBehind(der: Buffer): boolean {
  const lengthBytes = (der[1] ?? 0) - 0x80;
  if (lengthBytes < 1 || lengthBytes > 4 || der.length < 2 + lengthBytes) return false;
  return der.length > 2 + lengthBytes + der.readUIntBE(2, lengthBytes);
}

/** The order matters: where PKCS#1 is asked for, Node.js makes a public key of a private one. */
function keyIn(key: Buffer): KeyObject | undefined {
  return (
    attempt(() => createPublicKey({ key, format: 'der', type: 'spki' })) ??
    attempt(() => createPrivateKey({ key, format: 'der', type: 'pkcs8' })) ??
    attempt(() => createPrivateKey({ key, format: 'der', type: 'pkcs1' })) ??
    attempt(() => createPublicKey({ key, format: 'der', type: 'pkcs1' }))
  );
}

function refusal(fault: string, half: Half): Error {
  const wanted = `an RSA ${half} key of at least ${MIN_BITS} bits, as PEM or bare base64, ${FORMS[half]}`;
  return new Error(`${fault}; store ${wanted}`);
}

function attempt<T>(create: () => T): T | undefined {
  try {
    return create();
  } catch {
    // OpenSSL's words for a wrong encoding help nobody, and may quote what they read.
    return undefined;
  }
}
