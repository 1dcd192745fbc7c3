// node refund.mts NUMBER AMOUNT ORDER: applies for a refund, then reads it. With Node 22.18 or later.
import { createRefundClient, type Outcome, RefundServiceError } from '../../client/index.ts';

const { REFUNDS_URL: url = '', AWS_REGION: region = '', ...environment } = process.env;
const {
  AWS_ACCESS_KEY_ID: accessKeyId = '',
  AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
  AWS_SESSION_TOKEN: sessionToken,
} = environment;
// On AWS: fromNodeProviderChain() of @aws-sdk/credential-providers in the place of this object.
const credentials = { accessKeyId, secretAccessKey, sessionToken };
const client = createRefundClient({ url, region, credentials });

/** What to do with an outcome. */
function advise(result: Outcome): string {
  switch (result.outcome) {
    case 'final':
      return `200: ${result.refund.status}. After FAILED without a conflict, the money may go another way`;
    case 'open':
      return '202: recorded. The service carries it to its end, nothing needs to be repeated';
    case 'conflict':
      return `409: the number belongs to another refund (${result.issues.map(({ path }) => path)}). Find out why: a new number could be a second payment`;
    case 'rejected':
      return `422: rejected with ${result.ret_code}, ${result.reason}. Once the cause is gone, apply again, unchanged`;
  }
}

/** What to do with an error, once the client has repeated what may be repeated. */
function fail(error: unknown): never {
  if (!(error instanceof RefundServiceError)) throw error;
  // The status is 0 where no answer came.
  const isRefused = error.status >= 400 && error.status < 500 && error.status !== 429;
  console.log(
    isRefused
      ? `${error.status}: nothing was sent. Mend the request: ${error.message}`
      : `${error.message}: what became of it is not known. Apply again later, unchanged, under the same number`,
  );
  process.exit(isRefused ? 2 : 3);
}

const [no_refund = '', money_refund = '', no_order = ''] = process.argv.slice(2);
const result = await client.apply({ no_refund, money_refund, no_order }).catch(fail);
console.log(advise(result));
if (!('refund' in result)) process.exit(1);

console.log(JSON.stringify(await client.get(no_refund)));
for await (const entry of client.history(no_refund)) console.log(JSON.stringify(entry));
for await (const page of client.list({ no_order })) console.log(JSON.stringify(page));
