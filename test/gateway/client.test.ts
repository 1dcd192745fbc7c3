import { type ClientParts, gatewayClient } from '../../shared/gateway/client.ts';
import type { Reply } from '../../shared/gateway/transport.ts';
import {
  accepted,
  gatewayAuthenticator,
  isFromMerchant,
  json,
  merchant,
  OID_PARTNER,
  refund,
  signed,
} from './signed-messages.ts';

const NOW_MS = 1_700_000_000_000;
/** More time than any exchange needs. */
const DEADLINE_MS = NOW_MS + 60_000;
/** The time reserved for recording an answer, a fetch of keys included. */
const RESERVED_MS = 2_000;

interface Sent {
  url: string;
  body: string;
  timeoutMs: number;
}

/** A client with a fake transport, and a clock that the test moves. */
function clientThatHears(answer: string | Error | Reply, changes: Partial<ClientParts> = {}) {
  const sent: Sent[] = [];
  const clock = { now: NOW_MS };
  const client = gatewayClient({
    post: async (url, body, timeoutMs) => {
      sent.push({ url: url.href, body, timeoutMs });
      clock.now += 7_000;
      if (answer instanceof Error) throw answer;
      return typeof answer === 'string' ? { status: 200, text: answer } : answer;
    },
    clock: { nowMs: () => clock.now },
    urls: { trader: 'https://trader.example', query: 'https://query.example' },
    timeoutMs: 10_000,
    oidPartner: OID_PARTNER,
    merchantKey: async () => merchant.privateKey,
    isAuthentic: gatewayAuthenticator(),
    ready: async () => {},
    ...changes,
  });
  return { client, sent, clock };
}

describe('a request', () => {
  test.each([
    ['refund', 'https://trader.example/refund.htm'],
    ['exchange-refund', 'https://trader.example/exchangerefund.htm'],
  ] as const)('an application for a %s goes to its own URL, signed', async (kind, url) => {
    const { client, sent } = clientThatHears(signed(accepted));
    await client.apply({ ...refund, kind }, DEADLINE_MS);
    expect(sent).toEqual([{ url, body: expect.any(String), timeoutMs: 10_000 }]);
    expect(isFromMerchant(sent[0]?.body ?? '')).toBe(true);
    expect(Object.keys(JSON.parse(sent[0]?.body ?? '{}')).sort()).toEqual([
      'dt_order',
      'dt_refund',
      'money_refund',
      'no_order',
      'no_refund',
      'notify_url',
      'oid_partner',
      'oid_paybill',
      'sign',
      'sign_type',
    ]);
  });

  test('of a query goes to the query host, signed', async () => {
    const { client, sent } = clientThatHears(signed(accepted));
    await client.query(refund, DEADLINE_MS);
    expect(sent[0]?.url).toBe('https://query.example/refundquery.htm');
    expect(isFromMerchant(sent[0]?.body ?? '')).toBe(true);
    expect(JSON.parse(sent[0]?.body ?? '{}')).toEqual({
      oid_partner: OID_PARTNER,
      no_refund: '2013051500005',
      dt_refund: '20130515094018',
      sign_type: 'RSA',
      sign: expect.any(String),
    });
  });

  test('of every attempt has the same bytes, whatever else changes in the record', async () => {
    const { client, sent, clock } = clientThatHears(new Error('lost'));
    await client.apply(refund, DEADLINE_MS);
    clock.now += 86_400_000;
    const later = {
      ...refund,
      attempts: 2,
      doubt: true,
      attempt_id: 'other',
      task_token: 'other',
      ret_code: '1005',
    };
    await client.apply(later, clock.now + 60_000);
    // The table returns a record's fields in another order.
    const turned = Object.fromEntries(Object.entries(refund).reverse()) as typeof refund;
    await client.apply(turned, clock.now + 60_000);
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
  });
});

describe('the time that is left', () => {
  const operations = {
    apply: (client: ReturnType<typeof gatewayClient>, deadlineMs: number) => client.apply(refund, deadlineMs),
    query: (client: ReturnType<typeof gatewayClient>, deadlineMs: number) => client.query(refund, deadlineMs),
  };
  const both = ['apply', 'query'] as const;

  test.each(both)('limits the exchange: %s', async (operation) => {
    const { client, sent } = clientThatHears(signed(accepted));
    await operations[operation](client, NOW_MS + RESERVED_MS + 3_000);
    expect(sent[0]?.timeoutMs).toBe(3_000);
  });

  test.each(both)('can be just enough: %s', async (operation) => {
    const { client, sent } = clientThatHears(signed(accepted));
    await operations[operation](client, NOW_MS + RESERVED_MS + 1_000);
    expect(sent[0]?.timeoutMs).toBe(1_000);
    expect(client.hasTime(NOW_MS + 7_000 + RESERVED_MS + 1_000)).toBe(true);
  });

  test.each(both)('can be too short to send anything: %s', async (operation) => {
    for (const leftMs of [999, 0, -60_000]) {
      const { client, sent } = clientThatHears(signed(accepted));
      expect(client.hasTime(NOW_MS + RESERVED_MS + leftMs)).toBe(false);
      expect(await operations[operation](client, NOW_MS + RESERVED_MS + leftMs)).toEqual({
        type: 'not-sent',
      });
      expect(sent).toEqual([]);
    }
  });

  test.each(both)('is checked after the key is fetched, right before the send: %s', async (operation) => {
    const { client, sent, clock } = clientThatHears(signed(accepted), {
      merchantKey: async () => {
        clock.now += 3_600_000;
        return merchant.privateKey;
      },
    });
    expect(await operations[operation](client, DEADLINE_MS)).toEqual({ type: 'not-sent' });
    expect(sent).toEqual([]);
  });

  test('is enough for an exchange with a short time-out', async () => {
    const { client, sent } = clientThatHears(signed(accepted), { timeoutMs: 200 });
    await client.apply(refund, NOW_MS + RESERVED_MS + 200);
    expect(sent[0]?.timeoutMs).toBe(200);
  });
});

describe('the outcome of an application', () => {
  const outcomeOf = (answer: string | Error | Reply) =>
    clientThatHears(answer).client.apply(refund, DEADLINE_MS);

  test('is a verified message', async () => {
    expect(await outcomeOf(signed(accepted))).toMatchObject({
      type: 'verified',
      message: { sta_refund: '1' },
    });
  });

  test.each([
    ['1004', 'rejected'],
    ['5002', 'rejected'],
    ['5007', 'rejected'],
    ['1002', 'duplicate'],
    ['9983', 'duplicate'],
    ['8901', 'in-doubt'],
    ['9999', 'in-doubt'],
    ['4321', 'in-doubt'],
  ])('after %s is %s, with the code and its message', async (ret_code, type) => {
    expect(await outcomeOf(json({ ret_code, ret_msg: '原因' }))).toMatchObject({
      type,
      ret_code,
      ret_msg: '原因',
    });
  });

  test.each([
    ['a time-out', new Error('no complete answer within 10000 ms')],
    ['HTTP status 500', { status: 500, text: signed(accepted) }],
    ['garbage', '<html>'],
    ['an unsigned 0000', json(accepted)],
  ])('after %s is in doubt, without a code', async (_what, answer) => {
    const outcome = await outcomeOf(answer);
    expect(outcome).toMatchObject({ type: 'in-doubt', reason: expect.any(String) });
    expect(outcome).not.toHaveProperty('ret_code');
  });

  test('is in doubt, not an error, where the keys cannot be fetched after the send', async () => {
    const { client } = clientThatHears(signed(accepted), {
      isAuthentic: async () => {
        throw new Error('out of reach');
      },
    });
    expect(await client.apply(refund, DEADLINE_MS)).toMatchObject({ type: 'in-doubt' });
  });
});

describe('the outcome of a query', () => {
  const outcomeOf = (answer: string | Error | Reply) =>
    clientThatHears(answer).client.query(refund, DEADLINE_MS);

  test.each(['8901', '5002', '9093'])(
    'after %s is not found, with the time when the query was sent',
    async (ret_code) => {
      expect(await outcomeOf(json({ ret_code, ret_msg: '记录不存在' }))).toEqual({
        type: 'not-found',
        sentAtMs: NOW_MS,
      });
    },
  );

  test.each(['1001', '1004', '5006', '5007', '1002', '9921', '9999', '4321'])(
    'after %s is in doubt',
    async (ret_code) => {
      expect(await outcomeOf(json({ ret_code, ret_msg: 'x' }))).toMatchObject({ type: 'in-doubt', ret_code });
    },
  );

  test('is a verified message', async () => {
    expect(await outcomeOf(signed({ ...accepted, sta_refund: '2' }))).toMatchObject({
      type: 'verified',
      message: { sta_refund: '2' },
    });
  });

  test.each(['money_refund', 'sta_refund'])('is a verified message even without %s', async (field) => {
    const answer = await outcomeOf(signed({ ...accepted, [field]: '' }));
    expect(answer).toMatchObject({ type: 'verified', message: { [field]: undefined } });
  });

  test.each([
    ['a time-out', new Error('no complete answer within 10000 ms')],
    ['HTTP status 404', { status: 404, text: json({ ret_code: '8901' }) }],
    ['a forged not-found', json({ ret_code: '8901', sign: 'AAAA', sign_type: 'RSA' })],
    ['a not-found of another refund', json({ ret_code: '8901', no_refund: '1' })],
    ['garbage', '{'],
  ])('after %s is in doubt', async (_what, answer) => {
    expect(await outcomeOf(answer)).toMatchObject({ type: 'in-doubt' });
  });
});

test('the client is ready when its keys are', async () => {
  const { client } = clientThatHears('', { ready: () => Promise.reject(new Error('no keys')) });
  await expect(client.ready()).rejects.toThrow('no keys');
});
