import { randomBytes } from 'node:crypto';
import { packText } from '../../shared/gateway/packed-text.ts';
import { exchange } from './gateway.ts';
import { create, settle } from './table.ts';

const { LIANLIAN_TRADER_URL, OID_PARTNER = '', NOTIFY_URL = '' } = process.env;

/** A refund, or a repeated application, as bare calls. */
export async function handler({ body }: { body: string }): Promise<object> {
  const nowMs = Date.now();
  const fields = {
    oid_partner: OID_PARTNER,
    dt_refund: '20260101000000',
    ...JSON.parse(body),
    notify_url: NOTIFY_URL,
  };
  const known = await create(fields, nowMs, randomBytes(12).toString('base64url'));
  if (known) return answer(known.status?.S, known);
  const { text, answer: message, isAuthentic } = await exchange(`${LIANLIAN_TRADER_URL}/refund.htm`, fields);
  if (!isAuthentic) throw new Error('not authentic');
  const { before, status } = await settle(message, packText(text), 'answer', Date.now());
  return answer(status, before);
}

function answer(status: string | undefined, record: object): object {
  const headers = { 'content-type': 'application/json' };
  return { statusCode: 202, headers, body: JSON.stringify({ ...record, status }) };
}
