import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { packText } from '../../shared/gateway/packed-text.ts';
import { exchange } from './gateway.ts';
import { client, N, postpone, S, SHARD, settle, TableName } from './table.ts';

const { LIANLIAN_QUERY_URL, OID_PARTNER = '' } = process.env;

/** As many as the service checks at a time. */
const AT_A_TIME = 32;

/** Checks of the refunds that are due, as bare calls. */
export async function handler(): Promise<object> {
  let checked = 0;
  for (;;) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'due-refunds',
        Limit: AT_A_TIME,
        KeyConditionExpression: '#shard = :shard AND next_check_at <= :now',
        ExpressionAttributeNames: { '#shard': 'shard' },
        ExpressionAttributeValues: { ':shard': S(SHARD), ':now': N(Date.now()) },
      }),
    );
    if (Items.length === 0) return { checked };
    await Promise.all(Items.map(({ no_refund, next_check_at }) => check(no_refund?.S, next_check_at?.N)));
    checked += Items.length;
  }
}

async function check(no_refund = '', seen = ''): Promise<void> {
  await postpone(no_refund, Number(seen), Date.now());
  const fields = { oid_partner: OID_PARTNER, no_refund, dt_refund: '20260101000000' };
  const { text, answer, isAuthentic } = await exchange(`${LIANLIAN_QUERY_URL}/refundquery.htm`, fields);
  if (!isAuthentic) throw new Error('not authentic');
  await settle(answer, packText(text), 'query', Date.now());
}
