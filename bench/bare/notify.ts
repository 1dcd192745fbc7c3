import { packText } from '../../shared/gateway/packed-text.ts';
import { isSigned, lianlianKey } from './gateway.ts';
import { settle } from './table.ts';

/** A notification as bare calls. */
export async function handler({ body }: { body: string }): Promise<object> {
  const message = JSON.parse(body);
  if (!isSigned(message, await lianlianKey)) throw new Error('not authentic');
  await settle(message, packText(body), 'notification', Date.now());
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{"ret_code":"0000"}' };
}
