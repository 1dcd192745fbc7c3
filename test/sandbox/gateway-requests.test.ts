import { type Gateway, startGateway } from '../../sandbox/gateway/gateway.ts';
import type { GatewayOptions } from '../../sandbox/gateway/options.ts';
import { post, sample, signedBody, verifies } from './merchant.ts';

let gateway: Gateway;
const start = async (options: GatewayOptions = {}) => {
  gateway = await startGateway({ notifyAfterMs: 60_000, ...options });
};
const refund = (changes: Record<string, string> = {}, path = '/refund.htm') =>
  post(gateway.url + path, signedBody({ ...sample, ...changes }));
const query = (changes: Record<string, string> = {}) => {
  const { oid_partner, no_refund, dt_refund } = sample as Required<typeof sample>;
  const fields = { oid_partner, no_refund, dt_refund, ...changes } as Record<string, string>;
  return post(`${gateway.url}/refundquery.htm`, signedBody(fields));
};

afterEach(() => gateway.stop());

describe('an accepted request', () => {
  beforeEach(() => start());

  test('is answered with the signed, documented fields', async () => {
    const { status, contentType, text, fields } = await refund();
    expect([status, contentType]).toEqual([200, 'application/json;charset=utf-8']);
    expect(verifies(text)).toBe(true);
    expect(fields).toEqual({
      ret_code: '0000',
      ret_msg: '交易成功',
      oid_partner: '201103171000000000',
      no_refund: '2013051500005',
      dt_refund: '20130515094018',
      money_refund: '200.01',
      oid_refundno: expect.stringMatching(/^\d{16}$/),
      sta_refund: '1',
      sign_type: 'RSA',
      sign: expect.any(String),
    });
  });

  test('for an exchange refund is answered with the exchange fields too, as in the sample', async () => {
    const { text, fields } = await refund({ no_refund: 'success-1' }, '/exchangerefund.htm');
    expect(verifies(text)).toBe(true);
    expect(fields).toMatchObject({
      money_foreign_refund: '30.03',
      rate_id: '1',
      rate: '6.66',
      exchange_bankcode: '01040000',
      sta_refund: '2',
      settle_date: expect.stringMatching(/^20\d{6}$/),
    });
    expect(gateway.ledgerEntry('success-1')?.kind).toBe('exchange-refund');
  });

  test('is booked once, and recorded byte for byte', async () => {
    await refund();
    const again = await refund({ money_refund: '1.00' });
    expect(again.text).toBe('{"ret_code":"1002","ret_msg":"商户退款流水号重复"}');
    expect(gateway.paidCount('2013051500005')).toBe(1);
    expect(gateway.ledgerEntry('2013051500005')?.fields).toMatchObject({
      money_refund: '200.01',
      sta_refund: '1',
    });
    expect(gateway.ledgerEntry('unknown')).toBeUndefined();
    const [first, second] = gateway.requests('2013051500005');
    expect(first).toMatchObject({ url: '/refund.htm', body: signedBody(sample), at: expect.any(Date) });
    expect(second?.fields.money_refund).toBe('1.00');
  });

  test.each<Record<string, string>>([
    { money_refund: '0.01' },
    { money_refund: '100000000.00' },
    { no_refund: 'x'.repeat(32) },
    { dt_refund: '20240229235959' },
    { notify_url: `http://127.0.0.1/${'x'.repeat(111)}` },
  ])('may go to the limits: %j', async (changes) => {
    expect((await refund(changes)).fields.ret_code).toBe('0000');
  });
});

describe('a rejected request', () => {
  beforeEach(() => start());
  const expectRejection = (code: string, message: RegExp, fields: Record<string, string>) => {
    expect(fields).toEqual({ ret_code: code, ret_msg: expect.stringMatching(message) });
    expect(gateway.paidCount('2013051500005')).toBe(0);
  };

  test.each([
    ['money_refund', '200.1'],
    ['money_refund', '200'],
    ['money_refund', '0.00'],
    ['money_refund', '100000000.01'],
    ['money_refund', '0200.01'],
    ['money_refund', '-1.00'],
    ['dt_refund', '20230229000000'],
    ['dt_refund', '20230228240000'],
    ['dt_refund', '2013-05-15'],
    ['dt_order', '20131301000000'],
    ['no_order', ''],
    ['no_order', 'x'.repeat(33)],
    ['oid_paybill', 'x'.repeat(33)],
    ['notify_url', `http://127.0.0.1/${'x'.repeat(112)}`],
    ['notify_url', 'ftp://127.0.0.1/'],
    ['money_order', '200.01'],
    ['sign_type ', 'RSA'],
  ])('with %s %j is an invalid parameter', async (name, value) => {
    const { fields } = await refund({ [name]: value });
    expectRejection('1004', new RegExp(`${name.trim()}.* `), fields);
  });

  test.each(['oid_partner', 'no_refund', 'dt_refund', 'money_refund', 'notify_url'])(
    'lacks %s',
    async (name) => {
      const { [name]: _, ...rest } = sample;
      const { fields } = await post(`${gateway.url}/refund.htm`, signedBody(rest));
      expectRejection('1004', new RegExp(`${name} is required`), fields);
    },
  );

  test('has neither no_order nor oid_paybill', async () => {
    const { no_order, oid_paybill, ...rest } = sample;
    const { fields } = await post(`${gateway.url}/refund.htm`, signedBody(rest));
    expectRejection('1004', /no_order or oid_paybill/, fields);
  });

  test('has a number where the documents say String', async () => {
    const body = signedBody(sample).replace('"200.01"', '200.01');
    expectRejection(
      '1004',
      /money_refund must be a string/,
      (await post(`${gateway.url}/refund.htm`, body)).fields,
    );
  });

  test.each([
    ['another key', signedBody(sample, 'untrusted-private')],
    ['a changed amount', signedBody(sample).replace('200.01', '200.02')],
    ['no signature', JSON.stringify({ ...sample, sign_type: 'RSA' })],
    ['MD5 as its sign_type', signedBody({ ...sample, sign_type: 'MD5' })],
  ])('has %s', async (_, body) => {
    expectRejection('1001', /签名/, (await post(`${gateway.url}/refund.htm`, body)).fields);
  });

  test.each([
    ['text', '{"oid_partner":'],
    ['an array', '[]'],
    ['null', 'null'],
    ['not UTF-8', Buffer.from('{"no_refund":"\xff"}', 'latin1')],
  ])('has a body that is %s', async (_, body) => {
    expectRejection('1012', /解析/, (await post(`${gateway.url}/refund.htm`, body)).fields);
  });

  test('has another content type than JSON', async () => {
    const body = signedBody(sample);
    expectRejection(
      '1012',
      /Content-Type/,
      (await post(`${gateway.url}/refund.htm`, body, 'text/plain')).fields,
    );
  });

  test('gets a ret_msg of 100 characters at most', async () => {
    expect((await refund({ ['x'.repeat(200)]: '1' })).fields.ret_msg).toHaveLength(100);
  });

  test('comes from another merchant', async () => {
    expectRejection('3001', /商户/, (await refund({ oid_partner: '201103171000000001' })).fields);
  });

  test('has an unknown path', async () => {
    expect((await refund({}, '/refund')).status).toBe(404);
    expect((await fetch(`${gateway.url}/refund.htm`)).status).toBe(404);
  });
});

describe('a query', () => {
  test('is answered with the status, signed', async () => {
    await start();
    const { fields } = await refund({ no_refund: 'success-1' });
    const answer = await query({ no_refund: 'success-1' });
    expect(verifies(answer.text)).toBe(true);
    expect({ ...answer.fields, sign: '' }).toEqual({ ...fields, sign: '' });
    expect(gateway.requests('success-1').map(({ url }) => url)).toEqual(['/refund.htm', '/refundquery.htm']);
  });

  test.each<Record<string, string>>([{ no_refund: 'other' }, { dt_refund: '20130515094019' }])(
    'finds nothing for %j',
    async (changes) => {
      await start();
      await refund();
      expect((await query(changes)).fields).toEqual({ ret_code: '8901', ret_msg: '没有记录' });
    },
  );

  test('is validated like a refund', async () => {
    await start();
    expect((await query({ money_refund: '1.00' })).fields).toMatchObject({ ret_code: '1004' });
    expect((await query({ dt_refund: '' })).fields).toMatchObject({ ret_code: '1004' });
  });

  test('may be behind the ledger', async () => {
    await start({ queryLagMs: 9_000, clockSpeed: 60 });
    await refund();
    expect((await query()).fields.ret_code).toBe('8901');
    await new Promise((resolve) => setTimeout(resolve, 170));
    expect((await query()).fields.sta_refund).toBe('1');
  });
});

test('a gateway that pays duplicates pays every request', async () => {
  await start({ paysDuplicates: true });
  const numbers = [await refund(), await refund()].map(({ fields }) => fields.oid_refundno);
  expect(new Set(numbers).size).toBe(2);
  expect(gateway.paidCount('2013051500005')).toBe(2);
});

test('rejections can be signed, as the documents of the domestic product say', async () => {
  await start({ signRejections: true });
  const { text, fields } = await refund({ no_refund: 'code-5007-1' });
  expect(verifies(text)).toBe(true);
  expect(fields).toMatchObject({ ret_code: '5007', no_refund: 'code-5007-1', money_refund: '200.01' });
  expect(verifies((await query()).text)).toBe(true);
});

test('the gateway signs with another key after a rotation', async () => {
  await start({ signRejections: true });
  const { privateKey } = (await import('../../sandbox/keys.ts')).readSandboxKeys().untrusted;
  gateway.signWith(privateKey);
  const { text } = await refund();
  expect([verifies(text), verifies(text, 'untrusted-public')]).toEqual([false, true]);
});

test('a port in use causes an error that names the port', async () => {
  await start();
  const port = Number(new URL(gateway.url).port);
  await expect(startGateway({ port })).rejects.toThrow(
    `Port ${port} is in use, so the sandbox gateway can't start`,
  );
});
