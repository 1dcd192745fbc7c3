import { type Gateway, startGateway } from '../../sandbox/gateway/gateway.ts';
import { type HttpResult, post } from '../support/api-gateway.ts';
import type { Lambda } from '../support/lambda.ts';
import { forEachOf, refundInput, type Service, startService } from '../support/service.ts';

/** Every documented code that rejects an application, and the reason in the answer. */
const rejected: [code: string, reason: string][] = [
  ['1001', 'invalid signature'],
  ['1004', 'invalid parameter'],
  ['1008', 'source IP not allowed'],
  ['1009', 'merchant suspended'],
  ['1012', 'request could not be parsed'],
  ['1014', 'daily amount or count limit'],
  ['1016', 'amount limit'],
  ['1019', 'single amount limit'],
  ['2006', 'transaction expired'],
  ['3001', 'invalid merchant'],
  ['3010', 'no permission'],
  ['5002', 'original transaction does not exist'],
  ['5003', 'refund amount does not fit the original transaction'],
  ['5004', 'merchant status abnormal'],
  ['5006', 'insufficient merchant balance'],
  ['5007', 'total refunds exceed the original amount'],
  ['5008', 'original transaction not successful'],
  ['5504', 'no permission for the operation'],
  ['7017', 'wrong amount'],
  ['9002', 'message could not be parsed'],
  ['9092', 'payment and order numbers disagree'],
  ['9093', 'no such payment'],
  ['9104', 'insufficient balance of the corporate account'],
  ['9901', 'illegal request message'],
  ['9910', 'risk too high'],
  ['9911', 'amount over limit'],
];

const duplicate = ['1002', '2005', '2007', '4002', '9983'];

/** 1234, 0001 and 8901 aren't documented as answers to an application. */
const inDoubt = [
  '1003',
  '1005',
  '1006',
  '1007',
  '1111',
  '2008',
  '5005',
  '6601',
  '8006',
  '8117',
  '9000',
].concat(
  ['9091', '9094', '9902', '9903', '9920', '9921', '9970', '9990', '9991', '9999'],
  ['1234', '0001', '8901'],
);

let service: Service;
let signingGateway: Gateway;
let apply: Lambda;
const results = new Map<string, HttpResult>();

beforeAll(async () => {
  service = await startService();
  signingGateway = await startGateway({ signRejections: true });
  apply = await service.lambda('apply-refund');
  const codes = [...rejected.map(([code]) => code), ...duplicate, ...inDoubt];
  await forEachOf(codes, async (code) =>
    results.set(code, await post(apply, '/refunds', refundInput(numberOf(code)))),
  );
}, 60_000);

afterAll(async () => {
  await service.stop();
  await signingGateway.stop();
});

test.each(rejected)('%s rejects the refund: %s', async (code, reason) => {
  const { statusCode, body } = results.get(code) as HttpResult;
  expect(statusCode).toBe(422);
  const error = {
    name: 'RefundRejected',
    ret_code: code,
    ret_msg: expect.stringMatching(/\p{sc=Han}/u),
    reason,
  };
  expect(body.error).toMatchObject(error);
  const record = await service.record(numberOf(code));
  expect(record).toMatchObject({
    status: 'REJECTED',
    version: 2,
    ret_code: code,
    ret_msg: body.error?.ret_msg,
  });
  expect(record?.next_check_at).toBeUndefined();
  expect(service.requestedUrls(numberOf(code))).toEqual(['/refund.htm']);
});

test.each(duplicate)(
  '%s means a duplicate: the service queries, and leaves the refund in doubt when the query finds nothing',
  async (code) => {
    expect(results.get(code)).toMatchObject({ statusCode: 202, body: { status: 'REQUESTED' } });
    expect(await service.record(numberOf(code))).toMatchObject({ status: 'REQUESTED', attempts: 1 });
    expect(service.requestedUrls(numberOf(code))).toEqual(['/refund.htm', '/refundquery.htm']);
  },
);

test.each(inDoubt)('%s leaves the refund in doubt, neither failed nor resent', async (code) => {
  expect(results.get(code)).toMatchObject({ statusCode: 202, body: { status: 'REQUESTED' } });
  const record = await service.record(numberOf(code));
  expect(record).toMatchObject({ status: 'REQUESTED', attempts: 1, next_check_at: expect.any(Number) });
  expect(service.requestedUrls(numberOf(code))).toEqual(['/refund.htm']);
});

test('a direct invocation throws a rejection that says what to do', async () => {
  const thrown = await apply.invoke(refundInput('code-5006-direct')).catch((error) => error);
  expect(thrown).toMatchObject({ name: 'RefundRejected', className: 'RefundRejected' });
  expect(thrown.message).toMatch(/^The gateway rejected refund code-5006-direct with 5006, .*apply again/);
});

test('an undocumented code is logged as such, and recorded', async () => {
  expect(await service.record(numberOf('1234'))).toMatchObject({ ret_code: '1234' });
});

test.each([
  ['5006', 'REJECTED'],
  ['1002', 'REQUESTED'],
  ['9999', 'REQUESTED'],
])(
  'a signed %s, as in the documents of the domestic product, has the same effect: %s',
  async (code, status) => {
    const urls = { LIANLIAN_TRADER_URL: signingGateway.url, LIANLIAN_QUERY_URL: signingGateway.url };
    const elsewhere = await service.lambda('apply-refund', urls);
    const noRefund = `code-${code}-signed`;
    await elsewhere.invoke(refundInput(noRefund)).catch((error) => expect(error.name).toBe('RefundRejected'));
    expect(await service.record(noRefund)).toMatchObject({ status, ret_code: code });
    expect(signingGateway.requests(noRefund).filter(({ url }) => url === '/refund.htm')).toHaveLength(1);
  },
);

function numberOf(code: string): string {
  return `code-${code}-1`;
}
