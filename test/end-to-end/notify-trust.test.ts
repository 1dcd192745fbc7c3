import { createHash, sign } from 'node:crypto';
import { canonicalText, signed } from '../../sandbox/gateway/signature.ts';
import { readSandboxKeys } from '../../sandbox/keys.ts';
import { httpEvent, post } from '../support/api-gateway.ts';
import type { Lambda } from '../support/lambda.ts';
import { messageFields, type Overrides } from '../support/messages.ts';
import { refundInput, type Service, startService } from '../support/service.ts';

type Fields = Record<string, string>;

const keys = readSandboxKeys();
const noRefund = 'trust-1';
let service: Service;
let notify: Lambda;
let untouched: unknown;

beforeAll(async () => {
  service = await startService({ notifyAfterMs: 3_600_000 });
  notify = await service.lambda('notify-callback');
  await (await service.lambda('apply-refund')).invoke(refundInput(noRefund));
  untouched = await service.record(noRefund);
}, 60_000);

afterAll(() => service.stop());

const success = (overrides: Overrides = {}): Fields =>
  messageFields(service.sandbox.gateway, noRefund, { sta_refund: '2', ...overrides });

const genuine = (overrides?: Overrides): Fields => signed(success(overrides), keys.gateway.privateKey);

const notified = (message: object | string) => post(notify, '/refund-notifications', message);

async function expectRejected(message: object | string, statusCode: number, name: string): Promise<void> {
  const answer = await notified(message);
  expect(answer).toMatchObject({ statusCode, body: { ret_msg: name } });
  expect(answer.body.ret_code).toMatch(/^(?!0000)\d{4}$/);
  expect(await service.record(noRefund)).toEqual(untouched);
}

const md5Signed = (fields: Fields): Fields => {
  const typed = { ...fields, sign_type: 'MD5' };
  return { ...typed, sign: createHash('md5').update(canonicalText(typed)).digest('hex') };
};

const rsaSignedAsMd5 = (fields: Fields): Fields => {
  const typed = { ...fields, sign_type: 'MD5' };
  const text = Buffer.from(canonicalText(typed));
  return { ...typed, sign: sign('RSA-MD5', text, keys.gateway.privateKey).toString('base64') };
};

test.each<[what: string, forge: () => object]>([
  ['signed with another key', () => signed(success(), keys.untrusted.privateKey)],
  ['without a signature', () => success()],
  ['with an empty signature', () => ({ ...genuine(), sign: '' })],
  ['with a signature that is none', () => ({ ...genuine(), sign: 'bm9uc2Vuc2U=' })],
  ['signed with MD5', () => md5Signed(success())],
  ['that says MD5 under a true RSA signature', () => rsaSignedAsMd5(success())],
  ['with another amount than was signed', () => ({ ...genuine(), money_refund: '200.11' })],
  ['with another refund than was signed', () => ({ ...genuine(), no_refund: 'trust-2' })],
  ['with a field more than was signed', () => ({ ...genuine(), memo: 'x' })],
  ['with a field less than was signed', () => ({ ...genuine(), oid_refundno: undefined })],
  ['for another merchant', () => genuine({ oid_partner: '201103171000000001' })],
  ['for no merchant', () => genuine({ oid_partner: undefined })],
  ['that is empty', () => ({})],
])('a message %s is not authentic', (_what, forge) => expectRejected(forge(), 401, 'NotAuthentic'));

test.each<[field: string, text: string]>([
  ['sta_refund', '4'],
  ['sta_refund', '02'],
  ['sta_refund', 'success'],
  ['money_refund', '200.100'],
  ['money_refund', '-200.10'],
  ['money_refund', '2e2'],
  ['money_refund', '1234567890123.00'],
  ['dt_refund', '20260230000000'],
  ['dt_refund', '2026-01-02'],
  ['settle_date', '20261301'],
  ['oid_refundno', '12345678901234567'],
  ['no_refund', 'x'.repeat(33)],
  ['ret_code', '00000'],
  ['ret_msg', '成'.repeat(101)],
  ['rate', '6,66'],
  ['money_foreign_refund', 'USD 30.03'],
])('a signed message whose %s is %s is rejected', (field, text) =>
  expectRejected(genuine({ [field]: text }), 400, 'InvalidRequest'),
);

test.each<[what: string, fields: Overrides]>([
  ['no number', { no_refund: undefined }],
  ['& in a value', { settle_date: undefined, memo: 'a&sta_refund=2' }],
  ['& in a key', { 'a&b': '1' }],
  ['= in a key', { 'a=b': '1' }],
])('a signed message with %s is rejected', (_what, fields) =>
  expectRejected(genuine(fields), 400, 'InvalidRequest'),
);

test('a signed message may have & in ret_msg, and = in any value', async () => {
  const fields = { ret_msg: 'a & b', memo: 'a=b', no_refund: 'prose-1' };
  expect(await notified(genuine(fields))).toMatchObject({ statusCode: 200 });
});

test.each<[what: string, body: string]>([
  ['nothing', ''],
  ['prose', 'sta_refund=2'],
  ['half of a message', '{"no_refund":"trust-1"'],
  ['a list', '[]'],
  ['a text', '"x"'],
  ['null', 'null'],
  ['an object in an object', '{"a":{"b":"c"}}'],
  ['a list in an object', '{"a":["b"]}'],
  ['brackets without end', '['.repeat(60_000)],
])('a body of %s is rejected', (_what, body) => expectRejected(body, 400, 'InvalidRequest'));

test('a body over 64 KiB is rejected, counted in bytes', async () => {
  await expectRejected(JSON.stringify({ ...genuine(), memo: '退'.repeat(22_000) }), 413, 'PayloadTooLarge');
  const event = httpEvent('POST', '/refund-notifications', Buffer.alloc(65_537, ' '));
  expect(await notify.invoke(event)).toMatchObject({ statusCode: 413 });
  await expectRejected(' '.repeat(65_536), 400, 'InvalidRequest');
});

test('a body that is not UTF-8 is rejected', async () => {
  const event = httpEvent('POST', '/refund-notifications', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
  expect(await notify.invoke(event)).toMatchObject({ statusCode: 400 });
});

test('a direct invocation throws where a message is rejected', async () => {
  const forged = signed(success(), keys.untrusted.privateKey);
  await expect(notify.invoke(forged)).rejects.toMatchObject({
    name: 'NotAuthentic',
    className: 'NotAuthentic',
  });
  await expect(notify.invoke(genuine({ sta_refund: '9' }))).rejects.toMatchObject({ name: 'InvalidRequest' });
  await expect(notify.invoke({ memo: 'x'.repeat(70_000) })).rejects.toMatchObject({
    name: 'PayloadTooLarge',
  });
});
