import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios from 'axios';
import { lianlianKeys, merchantKey } from './keys.ts';
import { type Message, messageSchema } from './messages.ts';
import { settings } from './settings.ts';
import { type Fields, isAuthentic, signed } from './signature.ts';

const http = axios.create({
  timeout: settings.GATEWAY_TIMEOUT_MS,
  headers: { 'content-type': 'application/json;charset=utf-8' },
  httpAgent: new HttpAgent({ keepAlive: true }),
  httpsAgent: new HttpsAgent({ keepAlive: true }),
});

/** What the gateway answered: verified, a return code that refuses, or nothing that proves anything. */
export type Answer = { message: Message } | { ret_code: string } | { doubt: string };

export const applyAtGateway = (fields: Fields) =>
  exchange(new URL('refund.htm', settings.LIANLIAN_TRADER_URL).href, fields);

export const queryGateway = (fields: Fields) =>
  exchange(new URL('refundquery.htm', settings.LIANLIAN_QUERY_URL).href, fields);

async function exchange(url: string, fields: Fields): Promise<Answer> {
  const body = signed(fields, await merchantKey());
  try {
    const { data } = await http.post<Fields>(url, body);
    if (data.ret_code !== '0000') return { ret_code: String(data.ret_code) };
    const message = await verified(data);
    if (!message || message.no_refund !== fields.no_refund) return { doubt: 'the answer is not authentic' };
    return { message };
  } catch (error) {
    return { doubt: axios.isAxiosError(error) ? (error.code ?? error.message) : String(error) };
  }
}

/** A message of the gateway's, `undefined` where its signature doesn't verify or it is for another merchant. */
export async function verified(fields: Fields): Promise<Message | undefined> {
  if (!isAuthentic(fields, await lianlianKeys())) return undefined;
  const message = messageSchema.parse(fields);
  return message.oid_partner === settings.OID_PARTNER ? message : undefined;
}
