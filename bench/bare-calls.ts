import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { Agent, request } from 'node:http';
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

/**
 * The baseline for a refund: a write, a signed request, the check of the answer's signature, a write. It applies no
 * rule of the service, so that the comparison shows what the rules cost.
 */
const {
  REFUNDS_TABLE,
  LIANLIAN_TRADER_URL,
  BENCH_MERCHANT_KEY = '',
  BENCH_GATEWAY_KEY = '',
  NOTIFY_URL,
} = process.env;
const client = new DynamoDBClient({});
const merchantKey = createPrivateKey(BENCH_MERCHANT_KEY);
const gatewayKey = createPublicKey(BENCH_GATEWAY_KEY);
const agent = new Agent({ keepAlive: true });

export async function handler({ no_refund }: { no_refund: string }): Promise<object> {
  const fields: Record<string, string> = {
    oid_partner: '201103171000000000',
    no_refund,
    dt_refund: '20130515094018',
    money_refund: '200.10',
    no_order: '2013051500001',
    notify_url: NOTIFY_URL ?? '',
    sign_type: 'RSA',
  };
  const Item = Object.fromEntries(Object.entries(fields).map(([field, text]) => [field, { S: text }]));
  await client.send(
    new PutItemCommand({
      TableName: REFUNDS_TABLE,
      Item,
      ConditionExpression: 'attribute_not_exists(no_refund)',
    }),
  );
  const signature = sign('RSA-MD5', Buffer.from(canonical(fields)), merchantKey).toString('base64');
  const answer = JSON.parse(await post(JSON.stringify({ ...fields, sign: signature })));
  const isAuthentic = verify(
    'RSA-MD5',
    Buffer.from(canonical(answer)),
    gatewayKey,
    Buffer.from(answer.sign, 'base64'),
  );
  await client.send(
    new UpdateItemCommand({
      TableName: REFUNDS_TABLE,
      Key: { no_refund: { S: no_refund } },
      UpdateExpression: 'SET sta_refund = :s, authentic = :a',
      ExpressionAttributeValues: { ':s': { S: answer.sta_refund }, ':a': { BOOL: isAuthentic } },
    }),
  );
  return answer;
}

function canonical(fields: Record<string, string>): string {
  const { sign: _sign, ...signed } = fields;
  return Object.keys(signed)
    .sort()
    .map((key) => `${key}=${signed[key]}`)
    .join('&');
}

function post(body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json;charset=utf-8',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(
      `${LIANLIAN_TRADER_URL}/refund.htm`,
      { method: 'POST', agent, headers },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
