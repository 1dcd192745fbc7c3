import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** The gateway takes 1024 to 4096 bits; below that anybody with some computers can sign. */
const MIN_BITS = 1024;

const PRIVATE_FORM =
  'an RSA private key of at least 1024 bits, as PEM or bare base64, PKCS#8 or PKCS#1, not encrypted';
const PUBLIC_FORM = 'an RSA public key of at least 1024 bits, as PEM or bare base64 (SPKI)';

type DerType = 'pkcs8' | 'pkcs1' | 'spki';

/** What a PEM block's label says of its content. */
const BY_LABEL: Record<string, DerType> = {
  'PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'PUBLIC KEY': 'spki',
};

/**
 * Reads the merchant's private key in any form in which it is handed out.
 *
 * @throws Error that says what to store instead, without quoting the text
 */
export function parsePrivateKey(text: string): KeyObject {
  return parse(text, PRIVATE_FORM, ['pkcs8', 'pkcs1'], (key, type) =>
    createPrivateKey({ key, format: 'der', type: type as 'pkcs8' | 'pkcs1' }),
  );
}

/**
 * Reads a public key of the gateway in any form in which it is handed out.
 *
 * @throws Error that says what to store instead, without quoting the text
 */
export function parsePublicKey(text: string): KeyObject {
  return parse(text, PUBLIC_FORM, ['spki'], (key) => createPublicKey({ key, format: 'der', type: 'spki' }));
}

function parse(
  text: string,
  wanted: string,
  types: DerType[],
  create: (der: Buffer, type: DerType) => KeyObject,
): KeyObject {
  const { label, der } = decode(text, wanted);
  if (label !== undefined && !types.includes(BY_LABEL[label] as DerType)) {
    throw new Error(`holds a PEM block '${label}'; store ${wanted}`);
  }
  const candidates = label === undefined ? types : [BY_LABEL[label] as DerType];
  const key = candidates.flatMap((type) => attempt(() => create(der, type)) ?? [])[0];
  if (!key) throw new Error(`can't be read as a key; store ${wanted}`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa')
    throw new Error(`is of type ${key.asymmetricKeyType}; store ${wanted}`);
  if (bits < MIN_BITS) throw new Error(`has only ${bits} bits; store ${wanted}`);
  return key;
}

/** PEM or bare base64 to DER. A PEM's line breaks may be gone, or be the two characters `\n` of a JSON text. */
function decode(text: string, wanted: string): { label?: string; der: Buffer } {
  const lines = text.replace(/\\[rn]/g, '\n').trim();
  const pem = /^-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END \1-----$/.exec(lines);
  const base64 = (pem?.[2] ?? lines).replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new Error(`is neither PEM nor base64; store ${wanted}`);
  return { label: pem?.[1], der: Buffer.from(base64, 'base64') };
}

function attempt<T>(create: () => T): T | undefined {
  try {
    return create();
  } catch {
    // OpenSSL's words for a wrong encoding help nobody, and may quote what they read.
    return undefined;
  }
}
