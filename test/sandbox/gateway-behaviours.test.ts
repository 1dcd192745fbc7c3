import { globSync, readFileSync } from 'node:fs';
import { behaviourOf, behaviours } from '../../sandbox/gateway/behaviours.ts';
import { eventText, type GatewayEvent } from '../../sandbox/gateway/events.ts';
import { type Gateway, startGateway } from '../../sandbox/gateway/gateway.ts';
import { post, sample, signedBody, startCallback, until, verifies } from './merchant.ts';

let gateway: Gateway;
let callback: Awaited<ReturnType<typeof startCallback>>;
let events: GatewayEvent[];

beforeEach(async () => {
  events = [];
  callback = await startCallback();
  gateway = await startGateway({ notifyAfterMs: 20, slowMs: 100, onEvent: (event) => events.push(event) });
});
afterEach(async () => {
  await gateway.stop();
  await callback.close();
});

const refund = (no_refund: string) =>
  post(
    `${gateway.url}/refund.htm`,
    signedBody({ ...sample, money_refund: '200.10', no_refund, notify_url: callback.url }),
  );
const exchangeRefund = (no_refund: string) =>
  post(`${gateway.url}/exchangerefund.htm`, signedBody({ ...sample, no_refund, notify_url: callback.url }));
const notified = (field = 'sta_refund') => callback.received.map(({ fields }) => fields[field]);
const received = (count: number) => until(() => callback.received.length === count);
const quiet = () => new Promise((resolve) => setTimeout(resolve, 90));

test.each([
  { no_refund: 'plain', answered: '1', notifications: ['2'] },
  { no_refund: 'success-1', answered: '2', notifications: ['2'] },
  { no_refund: 'failed-1', answered: '1', notifications: ['3'] },
  { no_refund: 'failed-now-1', answered: '3', notifications: ['3'] },
  { no_refund: 'init-1', answered: '0', notifications: ['0', '1', '2'] },
  { no_refund: 'early-1', answered: '1', notifications: ['2'] },
  { no_refund: 'twice-1', answered: '1', notifications: ['2', '2'] },
  { no_refund: 'reorder-1', answered: '1', notifications: ['2', '1'] },
  { no_refund: 'contradict-1', answered: '1', notifications: ['2', '3'] },
])(
  '$no_refund: answer $answered, notifications $notifications',
  async ({ no_refund, answered, notifications }) => {
    const answer = await refund(no_refund);
    expect(verifies(answer.text)).toBe(true);
    expect(answer.fields).toMatchObject({ ret_code: '0000', sta_refund: answered });
    await received(notifications.length);
    await quiet();
    expect(notified()).toEqual(notifications);
    expect(callback.received.every(({ text }) => verifies(text))).toBe(true);
    const booked = notifications.every((status) => status === '3') ? '3' : '2';
    expect(gateway.ledgerEntry(no_refund)?.fields.sta_refund).toBe(booked);
    expect(gateway.paidCount(no_refund)).toBe(booked === '3' ? 0 : 1);
  },
);

test.each([
  { no_refund: 'failed-x', answered: '1', notifications: [], booked: '3' },
  { no_refund: 'failed-now-x', answered: '3', notifications: [], booked: '3' },
  { no_refund: 'contradict-x', answered: '1', notifications: ['2'], booked: '2' },
  { no_refund: 'init-x', answered: '0', notifications: ['0', '1', '2'], booked: '2' },
])(
  '$no_refund of an exchange payment notifies no failure, only $notifications; a query reports $booked',
  async ({ no_refund, answered, notifications, booked }) => {
    expect((await exchangeRefund(no_refund)).fields.sta_refund).toBe(answered);
    await until(() => gateway.ledgerEntry(no_refund)?.fields.sta_refund === booked);
    await received(notifications.length);
    await quiet();
    expect(notified()).toEqual(notifications);
    const { oid_partner = '', dt_refund = '' } = sample;
    const query = signedBody({ oid_partner, no_refund, dt_refund });
    expect((await post(`${gateway.url}/refundquery.htm`, query)).fields.sta_refund).toBe(booked);
    const omitted = events.flatMap((event) =>
      event.type === 'notification-omitted' ? [eventText(event)] : [],
    );
    const omission = 'does not notify sta_refund 3 (failed): for an exchange refund, only a query reports it';
    expect(omitted).toEqual(notifications.includes('0') ? [] : [omission]);
  },
);

test.each([
  ['unsigned-1', { ret_code: '0000' }],
  ['md5-1', { ret_code: '0000', sign_type: 'MD5' }],
  ['booked-9999-1', { ret_code: '9999' }],
  ['booked-1002-1', { ret_code: '1002' }],
  ['garbage-1', {}],
])('%s: booked, an answer that proves nothing, success notified', async (no_refund, answer) => {
  const { text, status, fields } = await refund(no_refund);
  expect(status).toBe(200);
  expect(fields).toMatchObject(answer);
  expect(verifies(text.startsWith('{') ? text : '{}')).toBe(false);
  await received(1);
  expect(notified()).toEqual(['2']);
  expect(gateway.paidCount(no_refund)).toBe(1);
});

test.each(['drop-1', 'half-1'])(
  '%s books, sends no complete answer, and notifies success',
  async (no_refund) => {
    await expect(refund(no_refund)).rejects.toThrow();
    await received(1);
    expect(gateway.paidCount(no_refund)).toBe(1);
  },
);

test('half- sends a part of the answer', async () => {
  const body = signedBody({ ...sample, no_refund: 'half-1' });
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${gateway.url}/refund.htm`, { method: 'POST', headers, body });
  const first = await response.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value as Uint8Array)).toMatch(/^\{"ret_code":"0000",[^}]*$/);
});

test('silent- books without an answer, lost- neither books nor answers', async () => {
  const waiting = Promise.allSettled([refund('silent-1'), refund('lost-1')]);
  await received(1);
  expect([gateway.paidCount('silent-1'), gateway.paidCount('lost-1')]).toEqual([1, 0]);
  expect(await Promise.race([waiting, quiet().then(() => 'still waiting')])).toBe('still waiting');
  await gateway.stop();
  expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('a lost request is not received, and a misspelt behaviour is pointed out', async () => {
  const waiting = Promise.allSettled([refund('lost-2')]);
  await until(() => gateway.requests('lost-2').length === 1);
  await refund('code-abcd-1');
  await refund('plain-1');
  const of = (no_refund: string) => events.filter((event) => event.no_refund === no_refund);
  expect(of('lost-2').map(eventText)).toEqual([
    'does not answer: the request was lost on its way, and never reached the gateway',
  ]);
  expect(of('code-abcd-1')[0]).toMatchObject({ type: 'behaviour-misspelt', meant: 'code-NNNN-' });
  expect(of('plain-1').map(({ type }) => type)).not.toContain('behaviour-misspelt');
  await gateway.stop();
  await waiting;
});

test('lost-once- loses the first request only', async () => {
  refund('lost-once-1').catch(() => {});
  await until(() => gateway.requests('lost-once-1').length === 1);
  expect((await refund('lost-once-1')).fields.ret_code).toBe('0000');
});

test('late-NNNN- books the first request when the second one comes, which has the code', async () => {
  const first = refund('late-1002-1').catch(() => 'no answer');
  await until(() => gateway.requests('late-1002-1').length === 1);
  expect(gateway.paidCount('late-1002-1')).toBe(0);
  expect((await refund('late-1002-1')).fields.ret_code).toBe('1002');
  await received(1);
  expect(notified()).toEqual(['2']);
  expect(gateway.paidCount('late-1002-1')).toBe(1);
  await gateway.stop();
  expect(await first).toBe('no answer');
});

test('late-NNNN- tells which of the two requests it is that is booked', async () => {
  const body = (dt_refund: string) => signedBody({ ...sample, dt_refund, no_refund: 'late-5007-1' });
  const first = post(`${gateway.url}/refund.htm`, body('20130515094013')).catch(() => 'no answer');
  await until(() => events.length === 1);
  await post(`${gateway.url}/refund.htm`, body('20130515094014'));
  expect(gateway.payments('late-5007-1').map(({ request }) => request.dt_refund)).toEqual(['20130515094013']);
  expect(events.map(eventText).slice(0, 5)).toEqual([
    'does not answer: the request is delayed on its way, and has not reached the gateway yet',
    'receives the signed request at /refund.htm: the first one, which was delayed on its way',
    expect.stringMatching(/^books 200\.01 CNY as \d{16}$/),
    'receives the signed request at /refund.htm',
    expect.stringMatching(/^answers 5007, /),
  ]);
  await post(`${gateway.url}/refund.htm`, body('20130515094013'));
  expect(events.filter(({ type }) => type === 'booked')).toHaveLength(1);
  await gateway.stop();
  await first;
});

test('drop-unbooked- books nothing', async () => {
  await expect(refund('drop-unbooked-1')).rejects.toThrow();
  await quiet();
  expect([gateway.paidCount('drop-unbooked-1'), callback.received.length]).toEqual([0, 0]);
});

test('slow- books at once and answers late', async () => {
  let isAnswered = false;
  const answer = refund('slow-1').finally(() => {
    isAnswered = true;
  });
  await until(() => gateway.paidCount('slow-1') === 1);
  expect(isAnswered).toBe(false);
  expect((await answer).fields.sta_refund).toBe('1');
});

test('code-NNNN- gives every request the code, unsigned', async () => {
  for (const _ of [1, 2]) {
    expect((await refund('code-5006-1')).text).toBe('{"ret_code":"5006","ret_msg":"商户账户余额不足"}');
  }
  expect((await refund('code-0042-1')).fields.ret_code).toBe('0042');
  await quiet();
  expect([gateway.paidCount('code-5006-1'), callback.received.length]).toEqual([0, 0]);
});

test('once-NNNN- gives the first request the code', async () => {
  const codes = [];
  for (const _ of [1, 2, 3]) codes.push((await refund('once-1007-1')).fields.ret_code);
  expect(codes).toEqual(['1007', '0000', '1002']);
  expect(gateway.paidCount('once-1007-1')).toBe(1);
});

test('http-NNN- gives the normal answer under another status', async () => {
  const { status, text } = await refund('http-502-1');
  expect([status, verifies(text)]).toEqual([502, true]);
  expect(gateway.paidCount('http-502-1')).toBe(1);
});

test('forged- claims a success without a payment', async () => {
  const { text, fields } = await refund('forged-1');
  expect([verifies(text), verifies(text, 'untrusted-public')]).toEqual([false, true]);
  expect(fields).toMatchObject({ ret_code: '0000', no_refund: 'forged-1', sta_refund: '2' });
  await quiet();
  expect([gateway.paidCount('forged-1'), callback.received.length]).toEqual([0, 0]);
});

test.each([
  ['other-refund-1', 'no_refund', 'other-refund-7'],
  ['other-amount-1', 'money_refund', '200.17'],
  ['other-date-1', 'dt_refund', '20130515094017'],
  ['other-partner-1', 'oid_partner', '201103171000000007'],
])('%s: signed for another %s, rightly notified', async (no_refund, field, value) => {
  const { text, fields } = await refund(no_refund);
  expect([verifies(text), fields[field]]).toEqual([true, value]);
  await received(1);
  expect(notified(field)).toEqual([gateway.ledgerEntry(no_refund)?.fields[field]]);
  expect(notified(field)).not.toContain(value);
});

test('other-number- notifies another oid_refundno', async () => {
  const { fields } = await refund('other-number-1');
  await received(1);
  expect(notified('oid_refundno')[0]).toMatch(/^\d{16}$/);
  expect(notified('oid_refundno')).not.toEqual([fields.oid_refundno]);
  expect(gateway.ledgerEntry('other-number-1')?.fields.oid_refundno).toBe(fields.oid_refundno);
});

test('early- notifies before it answers', async () => {
  await refund('early-1');
  expect(notified()).toEqual(['2']);
  expect(events.slice(-2).map(({ type }) => type)).toEqual(['notification-acknowledged', 'answered']);
});

test('mute- reports success by query alone', async () => {
  await refund('mute-1');
  await until(() => gateway.ledgerEntry('mute-1')?.fields.sta_refund === '2');
  const { oid_partner = '', dt_refund = '' } = sample;
  const query = signedBody({ oid_partner, no_refund: 'mute-1', dt_refund });
  expect((await post(`${gateway.url}/refundquery.htm`, query)).fields.sta_refund).toBe('2');
  expect(callback.received).toEqual([]);
});

test('bare- sends numbers without quotes and keeps their text', async () => {
  const { text } = await refund('bare-1');
  await received(1);
  for (const message of [text, callback.received[0]?.text ?? '']) {
    expect(message).toContain('"money_refund":200.10,');
    expect(message).toContain('"ret_code":"0000"');
    expect(verifies(message)).toBe(true);
  }
});

test('every behaviour has its test in this folder', () => {
  const tests = globSync('test/sandbox/*.test.ts').map((file) => readFileSync(file, 'utf8'));
  const untested = behaviours.filter(({ prefix }) => {
    const used = new RegExp(`['\`]${prefix.replace(/NNNN|NNN/, '\\d+')}`);
    return !tests.some((text) => used.test(text));
  });
  expect(untested.map(({ prefix }) => prefix)).toEqual([]);
});

describe('the table of behaviours', () => {
  test('prefers the longest prefix', () => {
    const prefix = (no_refund: string) => behaviourOf(no_refund).behaviour.prefix;
    expect(prefix('failed-now-1')).toBe('failed-now-');
    expect(prefix('drop-unbooked-1')).toBe('drop-unbooked-');
    expect(prefix('2013051500005')).toBe('');
    expect(prefix('code-12-')).toBe('');
    expect(prefix('http-101-1')).toBe('');
    expect(behaviourOf('http-503-1')).toMatchObject({ digits: '503' });
  });

  test('has one sentence for each prefix, and each prefix fits into 32 characters', () => {
    const prefixes = behaviours.map(({ prefix }) => prefix);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    for (const { prefix, does } of behaviours) {
      expect(does).toMatch(/^[A-Z][^\n|]*\.$/);
      expect(prefix.length).toBeLessThan(20);
    }
  });
});

test.each([
  ['success-', 'answers 0000, sta_refund 2 (success), signed'],
  ['code-5006-', 'answers 5006, 商户账户余额不足'],
  ['unsigned-', 'answers 0000, sta_refund 1 (processing), not signed'],
  ['md5-', 'answers 0000, sta_refund 1 (processing), signed the MD5 way'],
  ['forged-', 'answers 0000, sta_refund 2 (success), signed with an untrusted key'],
  ['garbage-', 'answers a page of HTML'],
  ['http-500-', 'answers HTTP 500, 0000, sta_refund 1 (processing), signed'],
  [
    'other-refund-',
    'answers 0000, sta_refund 1 (processing), signed, with another no_refund: other-refund-w7',
  ],
])('the text of an answer to %s says what is wrong with it: %s', async (prefix, text) => {
  await refund(`${prefix}w1`);
  const answered = events.find(({ type, no_refund }) => type === 'answered' && no_refund === `${prefix}w1`);
  expect(answered && eventText(answered)).toBe(text);
});
