import { generateKeyPairSync, sign, verify } from 'node:crypto';
import type { AppliedRefund } from '../../shared/domain/refund.ts';
import type { Authenticator } from '../../shared/signing/authenticator.ts';
import { authenticator } from '../../shared/signing/authenticator.ts';
import { Cached } from '../../shared/signing/cached.ts';

/** The gateway's signatures. They share no code with the service's signing, so that a mistake there can't hide here. */

const keyPair = () => generateKeyPairSync('rsa', { modulusLength: 1024 });

const gateway = keyPair();
export const untrusted = keyPair();
export const merchant = keyPair();

/** A value that stands unquoted in the JSON, with exactly this text. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Message = Record<string, string | Raw>;

const textOf = (value: string | Raw) => (value instanceof Raw ? value.text : value);

function signedText(message: Message): string {
  const pairs = Object.entries(message).filter(([key, value]) => key !== 'sign' && textOf(value) !== '');
  return pairs
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${textOf(value)}`)
    .join('&');
}

export function json(message: Message): string {
  const members = Object.entries(message).map(
    ([key, value]) => `${JSON.stringify(key)}:${value instanceof Raw ? value.text : JSON.stringify(value)}`,
  );
  return `{${members.join(',')}}`;
}

/** The message's text with a signature, the gateway's own unless another key is given. */
export function signed(message: Message, key = gateway.privateKey): string {
  const typed = { sign_type: 'RSA', ...message };
  return json({ ...typed, sign: sign('md5', Buffer.from(signedText(typed)), key).toString('base64') });
}

/** Whether the body has the merchant's valid signature. */
export function isFromMerchant(body: string): boolean {
  const { sign: signature = '', ...fields } = JSON.parse(body) as Record<string, string>;
  return verify('md5', Buffer.from(signedText(fields)), merchant.publicKey, Buffer.from(signature, 'base64'));
}

export const OID_PARTNER = '201103171000000000';

export const accepted: Message = {
  ret_code: '0000',
  ret_msg: '交易成功',
  oid_partner: OID_PARTNER,
  no_refund: '2013051500005',
  dt_refund: '20130515094018',
  money_refund: '200.01',
  oid_refundno: '2013051613121209',
  sta_refund: '1',
};

export const refund: AppliedRefund = {
  no_refund: '2013051500005',
  kind: 'refund',
  status: 'REQUESTED',
  version: 1,
  oid_partner: OID_PARTNER,
  money_refund: '200.01',
  dt_refund: '20130515094018',
  no_order: '2013051500001',
  dt_order: '20130515094013',
  oid_paybill: '2013051613121201',
  notify_url: 'https://merchant.example/refund-notifications',
  created_at: '2013-05-15T01:40:18.000Z',
  updated_at: '2013-05-15T01:40:18.000Z',
  attempt_id: 'attempt',
  attempts: 1,
  lease_until: 1,
  task_token: 'token',
};

/** An authenticator that has the gateway's key. */
export function gatewayAuthenticator(): Authenticator {
  return authenticator(
    new Cached({
      fetch: async () => [gateway.publicKey],
      nowMs: () => 0,
      maxAgeMs: 1,
      onFailure: () => {},
    }),
  );
}
