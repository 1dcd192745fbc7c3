import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { Agent, request } from 'node:http';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The exchange with the gateway as plain calls: sign, post, verify, and nothing that looks whether it makes sense. */
const { MERCHANT_KEY_SECRET_ID, LIANLIAN_KEY_SECRET_ID = '' } = process.env;
const secrets = new SecretsManagerClient({});
const agent = new Agent({ keepAlive: true });

/** Fetched as soon as the bundle is loaded, like the service's. */
export const lianlianKey = secretOf(LIANLIAN_KEY_SECRET_ID).then((secret) =>
  createPublicKey(JSON.parse(secret).public_keys[0]),
);

/** Only where something is signed: the secret isn't named elsewhere. */
const merchantKey =
  MERCHANT_KEY_SECRET_ID &&
  secretOf(MERCHANT_KEY_SECRET_ID).then((secret) => createPrivateKey(JSON.parse(secret).private_key));

export type Fields = Record<string, string>;

async function secretOf(SecretId: string): Promise<string> {
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  return SecretString;
}

/** Sends the fields with their signature. @returns the answer's text, its fields, and whether it is authentic */
export async function exchange(url: string, fields: Fields) {
  const typed: Fields = { ...fields, sign_type: 'RSA' };
  const signature = sign('RSA-MD5', Buffer.from(canonical(typed)), (await merchantKey) as KeyObject);
  const text = await post(url, JSON.stringify({ ...typed, sign: signature.toString('base64') }));
  const answer: Fields = JSON.parse(text);
  return { text, answer, isAuthentic: isSigned(answer, await lianlianKey) };
}

export function isSigned(message: Fields, key: KeyObject): boolean {
  return verify('RSA-MD5', Buffer.from(canonical(message)), key, Buffer.from(message.sign ?? '', 'base64'));
}

function canonical(fields: Fields): string {
  return Object.keys(fields)
    .filter((key) => key !== 'sign' && fields[key] !== '')
    .sort()
    .map((key) => `${key}=${fields[key]}`)
    .join('&');
}

function post(url: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json;charset=utf-8',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
