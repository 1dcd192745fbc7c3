import { createSign, createVerify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { close, listen } from '../../sandbox/http.ts';

/** The merchant's side. It shares no code with the sandbox's signer, so that a mistake there can't hide here. */
type Fields = Record<string, string>;

const pem = (name: string) => readFileSync(join(process.cwd(), 'sandbox/keys', `${name}.pem`), 'utf8');

export const sample: Fields = {
  oid_partner: '201103171000000000',
  dt_refund: '20130515094018',
  no_refund: '2013051500005',
  money_refund: '200.01',
  dt_order: '20130515094013',
  no_order: '2013051500001',
  oid_paybill: '2013051613121201',
  notify_url: 'http://127.0.0.1:9/notifications',
};

export function signedBody(fields: Fields, key = 'merchant-private'): string {
  const complete: Fields = { sign_type: 'RSA', ...fields };
  const sign = createSign('md5').update(textToSign(complete)).sign(pem(key), 'base64');
  return JSON.stringify({ ...complete, sign });
}

/** Whether a message's text verifies under a public key; numbers keep the text that they have in it. */
export function verifies(text: string, key = 'gateway-public'): boolean {
  const { sign = '', ...rest } = fieldsOf(text);
  return createVerify('md5').update(textToSign(rest)).verify(pem(key), sign, 'base64');
}

export function fieldsOf(text: string): Fields {
  const quoted = text.replace(/(:)([\d.]+)([,}])/g, '$1"$2"$3');
  return JSON.parse(quoted);
}

function textToSign(fields: Fields): string {
  const keys = Object.keys(fields).filter((key) => key !== 'sign' && fields[key] !== '');
  return keys
    .sort()
    .map((key) => [key, fields[key]].join('='))
    .join('&');
}

export interface Answer {
  status: number;
  contentType: string;
  text: string;
  fields: Fields;
}

export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  type = 'application/json;charset=utf-8',
): Promise<Answer> {
  const headers = { 'Content-Type': type, Connection: 'close' };
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  const contentType = response.headers.get('content-type') ?? '';
  return { status: response.status, contentType, text, fields: text.startsWith('{') ? fieldsOf(text) : {} };
}

interface Notified {
  contentType: string | undefined;
  text: string;
  fields: Fields;
}

/** A merchant's notification endpoint that records what it receives. */
export async function startCallback() {
  const received: Notified[] = [];
  const callback = {
    url: '',
    received,
    reply: '{"ret_code":"0000","ret_msg":"ok"}',
    status: 200,
    hangs: false,
    close: () => close(server),
  };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    received.push({ contentType: request.headers['content-type'], text, fields: fieldsOf(text) });
    if (!callback.hangs) response.writeHead(callback.status).end(callback.reply);
  });
  callback.url = `${await listen(server, 0, 'the callback')}/refund-notifications`;
  return callback;
}

/** Waits until the condition holds. @throws Error after `limitMs` */
export async function until(condition: () => boolean, limitMs = 4_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`the condition did not hold within ${limitMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
