import type { ChangeRecord } from '../../shared/app/ports/change-record.ts';
import { entriesOf } from '../../shared/app/story/entries.ts';
import { sentenceOf } from '../../shared/app/story/sentences.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { packText, unpackText } from '../../shared/gateway/packed-text.ts';

const AT_MS = Date.UTC(2026, 0, 5, 2, 0, 0);
const AT = '2026-01-05T02:00:00.000Z';
const EARLIER = '2026-01-05T01:00:00.000Z';

const requested: Refund = {
  no_refund: '1',
  kind: 'refund',
  status: 'REQUESTED',
  version: 1,
  money_refund: '200.10',
  no_order: 'o',
  dt_refund: '20260105090000',
  created_at: EARLIER,
  updated_at: EARLIER,
  attempts: 1,
  attempt_id: 'a',
  last_attempt_at: Date.parse(EARLIER),
  lease_until: AT_MS + 30_000,
  shard: '1',
  next_check_at: AT_MS,
  check_wait: 900_000,
};

const succeeded: Refund = {
  ...requested,
  status: 'SUCCEEDED',
  version: 2,
  sta_refund: '2',
  oid_refundno: '77',
  updated_at: AT,
};

const rejected: Refund = { ...requested, status: 'REJECTED', ret_code: '5006', ret_msg: '余额不足' };

const TEXT = '{"no_refund":"1","sta_refund":"2","sign":"c2ln"}';

/** A message as it travels in the record. */
const packed = { packed: packText(TEXT), via: 'notification', at: Date.parse(AT) } as const;
const message = { text: TEXT, via: 'notification', received_at: AT };

const change = (before: Refund | undefined, after: Refund | undefined): ChangeRecord => ({
  id: '1',
  streamLabel: 's',
  happenedAtMs: AT_MS,
  ...(before && { before }),
  ...(after && { after }),
});

const told = (before: Refund | undefined, after: Refund | undefined) =>
  entriesOf(change(before, after), unpackText);

/** What a change of a refund from `from` tells, where it sets or removes these fields. */
const toldBy = (changed: Partial<Record<keyof Refund, unknown>>, from: Refund = requested) =>
  told(from, { ...from, ...changed } as Refund);

describe('a creation tells', () => {
  test('the application, with its own words, and the first attempt', () => {
    const own = {
      reference: 'T-1',
      reason: 'too small',
      requested_by: 'Li',
      requested_by_iam: 'arn:aws:iam::1:user/li',
    };
    expect(told(undefined, { ...requested, ...own })).toEqual([
      {
        code: 'refund.created',
        at: EARLIER,
        status: 'REQUESTED',
        kind: 'refund',
        money_refund: '200.10',
        no_order: 'o',
        dt_refund: '20260105090000',
        ...own,
      },
      { code: 'attempt.sent', at: EARLIER, attempt: 1 },
    ]);
  });

  test('that a state machine waits, without its token', () => {
    const entries = told(undefined, { ...requested, task_token: 'secret' });
    expect(entries.map(({ code }) => code)).toEqual(['refund.created', 'task.waits', 'attempt.sent']);
    expect(JSON.stringify(entries)).not.toContain('secret');
  });

  test('of a refund that was made elsewhere, with the message that told of it', () => {
    const { attempts, attempt_id, last_attempt_at, ...rest } = succeeded;
    const external = { ...rest, kind: 'external', version: 1, created_at: AT, message: packed } as const;
    expect(told(undefined, external)).toEqual([
      expect.objectContaining({ code: 'refund.external', status: 'SUCCEEDED', oid_refundno: '77', message }),
    ]);
  });
});

describe('a change of status tells', () => {
  test.each([
    ['INITIALIZED', 'refund.initialized'],
    ['PROCESSING', 'refund.processing'],
    ['SUCCEEDED', 'refund.succeeded'],
    ['FAILED', 'refund.failed'],
  ] as const)('%s once, with the message that caused it', (status, code) => {
    expect(toldBy({ status, updated_at: AT, sta_refund: 's', message: packed })).toEqual([
      { code, at: AT, from: 'REQUESTED', status, sta_refund: 's', message },
    ]);
  });

  test("a rejection, with the gateway's code and what it means", () => {
    expect(told(requested, { ...rejected, updated_at: AT })).toEqual([
      {
        code: 'refund.rejected',
        at: AT,
        from: 'REQUESTED',
        status: 'REJECTED',
        ret_code: '5006',
        ret_msg: '余额不足',
        reason: expect.any(String),
      },
    ]);
  });

  test('loudly that a rejected refund was paid after all', () => {
    expect(told(rejected, { ...succeeded, message: packed }).map(({ code }) => code)).toEqual([
      'refund.succeeded',
      'refund.paid_after_rejection',
    ]);
    expect(toldBy({ status: 'FAILED', message: packed }, rejected)).toHaveLength(1);
  });

  test('a new application after a rejection, and its attempt only when it is about to be sent', () => {
    const again = { status: 'REQUESTED', attempts: 2, last_attempt_at: AT_MS, applied_at: AT_MS };
    expect(toldBy(again, rejected)).toEqual([
      { code: 'refund.reapplied', at: AT, from: 'REJECTED', status: 'REQUESTED' },
    ]);
    expect(toldBy({ last_attempt_at: AT_MS })).toEqual([{ code: 'attempt.sent', at: AT, attempt: 1 }]);
  });
});

test('a resend is told, and that it may have left', () => {
  expect(toldBy({ attempts: 2, attempt_id: 'b', last_attempt_at: AT_MS, doubt: true })).toEqual([
    { code: 'attempt.resent', at: AT, attempt: 2 },
    { code: 'attempt.sent', at: AT, attempt: 2 },
  ]);
});

test('a repeated application is told, and a state machine that begins to wait', () => {
  expect(toldBy({ applied_at: AT_MS })).toEqual([{ code: 'application.repeated', at: AT }]);
  expect(toldBy({ task_token: 'secret', task_tokens: 1 })).toEqual([{ code: 'task.waits', at: AT }]);
});

describe('a message that moves nothing is told', () => {
  const latest = { received_at: AT, sta_refund: '3', money_refund: '200.10' };
  const conflict = { first: latest, latest };

  test('as a conflict, once for each that was counted', () => {
    const once = { ...succeeded, conflict, conflicts: 1, message: packed };
    expect(told(succeeded, once)).toEqual([
      { code: 'message.conflict', at: AT, status: 'SUCCEEDED', ...latest, received_at: undefined, message },
    ]);
    expect(toldBy({ conflicts: 2 }, once).map(({ code }) => code)).toEqual(['message.conflict']);
    expect(toldBy({ settle_date: '20260106', message: undefined }, once)).toEqual([]);
  });

  test('without the message where the same write moves the refund: that is its evidence', () => {
    const entries = toldBy({ status: 'SUCCEEDED', conflict, conflicts: 1, message: packed });
    expect(entries.map(({ code }) => code)).toEqual(['refund.succeeded', 'message.conflict']);
    expect(entries.map((entry) => 'message' in entry)).toEqual([true, false]);
  });

  test('as incomplete, with what it claims', () => {
    expect(toldBy({ unsettled: true, claimed_sta_refund: '2', message: packed })).toEqual([
      { code: 'message.incomplete', at: AT, status: 'REQUESTED', claimed_sta_refund: '2', message },
    ]);
  });

  test('as completing the record, with what it adds', () => {
    expect(toldBy({ settle_date: '20260106', message: packed }, succeeded)).toEqual([
      { code: 'message.completes', at: AT, status: 'SUCCEEDED', settle_date: '20260106', message },
    ]);
  });
});

describe('a problem tells', () => {
  const problem = { at: AT, doing: 'querying', reason: 'no answer' } as const;

  test.each([
    [{ ...problem, code: 'query.not_found' }, 'query.not_found'],
    [problem, 'query.in_doubt'],
    [{ ...problem, doing: 'applying' }, 'attempt.in_doubt'],
  ])('what was done in vain, and why: %j', (last_problem, code) => {
    expect(toldBy({ last_problem })).toEqual([{ code, at: AT, reason: 'no answer' }]);
    expect(toldBy({ lease_until: 1 }, { ...requested, last_problem } as Refund)).toEqual([]);
  });

  test.each([
    ['denied', {}, 'query.denies_message'],
    ['denied', { status: 'PROCESSING', unsettled: true }, 'query.denies_status'],
    ['too_old_to_resend', {}, 'attempt.too_old_to_resend'],
    ['duplicate_not_found', {}, 'attempt.duplicate_not_found'],
  ] as const)('that somebody must help: %s, %j', (attention, more, code) => {
    expect(toldBy({ attention }, { ...requested, ...more })).toEqual([
      expect.objectContaining({ code, needs_attention: attention, what_to_do: expect.any(String) }),
    ]);
  });
});

describe('a check is told', () => {
  test('when it begins, with the moment of the next one', () => {
    const next_check_at = AT_MS + 1_800_000;
    expect(toldBy({ next_check_at, check_wait: 1_800_000 })).toEqual([
      { code: 'check.begun', at: AT, next_check_at: '2026-01-05T02:30:00.000Z' },
    ]);
  });

  test('also where a long first wait is followed by a shorter one', () => {
    const before = { ...requested, lease_until: AT_MS - 7_000_000, check_wait: 7_200_000 };
    expect(toldBy({ next_check_at: AT_MS + 3_000_000, check_wait: 3_000_000 }, before)).toEqual([
      { code: 'check.begun', at: AT, next_check_at: '2026-01-05T02:50:00.000Z' },
    ]);
  });

  test('not where it is only put off, and when it was the last one', () => {
    expect(toldBy({ next_check_at: AT_MS + 30_000, check_wait: 1_000 })).toEqual([]);
    const none = { shard: undefined, next_check_at: undefined, check_wait: undefined };
    expect(toldBy(none, rejected)).toEqual([{ code: 'check.ended', at: AT }]);
  });
});

describe('of people it is told', () => {
  const held = { ...requested, attempt_id: 'held-by-hand', lease_until: AT_MS + 86_400_000 };

  test('that they hold a refund, and that the hold has ended', () => {
    expect(told({ ...requested, lease_until: 1 }, held)).toEqual([
      { code: 'record.held', at: AT, until: '2026-01-06T02:00:00.000Z' },
    ]);
    expect(toldBy({ lease_until: undefined }, held)).toEqual([{ code: 'record.hold_ended', at: AT }]);
  });

  test('not where a function takes or gives back its lease', () => {
    expect(toldBy({ lease_until: undefined })).toEqual([]);
    expect(toldBy({ lease_until: AT_MS + 240_000, attempt_id: 'b' })).toEqual([]);
  });

  test('which fields they have changed that the service never changes', () => {
    const before = { ...requested, unsettled: true, reference: 'T-1' } as const;
    expect(toldBy({ unsettled: undefined, reference: 'T-2', no_order: 'p' }, before)).toEqual([
      { code: 'record.changed_by_hand', at: AT, fields: ['no_order', 'unsettled', 'reference'] },
    ]);
  });

  test('that a record was deleted', () => {
    expect(told(succeeded, undefined)).toEqual([{ code: 'record.deleted', at: AT, status: 'SUCCEEDED' }]);
  });
});

test('a change that changes nothing tells nothing, nor does something else than a refund', () => {
  expect(told(succeeded, { ...succeeded })).toEqual([]);
  expect(told(undefined, { no_refund: '1' } as Refund)).toEqual([]);
  expect(told(undefined, undefined)).toEqual([]);
});

test('the order of the keys in a map tells nothing', () => {
  const [one, other] = [
    { at: AT, doing: 'querying', reason: 'no answer' },
    { reason: 'no answer', doing: 'querying', at: AT },
  ] as const;
  expect(toldBy({ last_problem: other }, { ...requested, last_problem: one })).toEqual([]);
  const turned = { at: packed.at, via: packed.via, packed: packed.packed };
  expect(toldBy({ message: turned }, { ...succeeded, message: packed })).toEqual([]);
});

test('where the stream has no time, the record has one', () => {
  const timeless = { ...change(succeeded, undefined), happenedAtMs: Number.POSITIVE_INFINITY };
  expect(entriesOf(timeless, unpackText)).toMatchObject([{ at: AT }]);
});

test('a message that cannot be unpacked throws', () => {
  expect(() => toldBy({ message: { ...packed, packed: Buffer.from('not packed') } })).toThrow();
});

test('a value that cannot be read hides nothing else of its change', () => {
  expect(toldBy({ next_check_at: 'soon' }).map(({ code }) => code)).toEqual(['record.unreadable']);
  const held = { lease_until: 'long', status: 'SUCCEEDED', updated_at: AT, message: packed };
  const codes = toldBy(held).map(({ code }) => code);
  expect(codes).toContain('refund.succeeded');
  expect(toldBy({ lease_until: 9e15 })).toMatchObject([{ code: 'record.held', until: '9000000000000000' }]);
});

describe('by hand', () => {
  test.each([
    ...[
      'kind',
      'oid_partner',
      'no_order',
      'dt_order',
      'oid_paybill',
      'notify_url',
      'money_refund',
      'dt_refund',
    ],
    ...['created_at', 'doubt', 'unsettled', 'reference', 'reason', 'requested_by', 'requested_by_iam'],
    ...['oid_refundno', 'settle_date', 'money_foreign_refund', 'rate_id', 'rate', 'exchange_bankcode'],
  ])('%s changes', (field) => {
    const from = { ...succeeded, [field]: 'as it was' } as Refund;
    expect(toldBy({ [field]: 'otherwise' }, from)).toMatchObject([
      { code: 'record.changed_by_hand', fields: [field] },
    ]);
  });

  test.each([
    ['a final status goes back', succeeded, { status: 'REQUESTED' }, ['status']],
    ['one end becomes the other', succeeded, { status: 'FAILED' }, ['status']],
    ['a status is not one', requested, { status: 'DONE' }, ['status']],
    ['a status is missing', requested, { status: undefined }, ['status']],
    [
      'a conflict is removed',
      { ...succeeded, conflict: {} as never, conflicts: 1 },
      { conflict: undefined, conflicts: undefined },
      ['conflict'],
    ],
    ['a rate changes without a message', { ...succeeded, rate: '6.5' }, { rate: '6.6' }, ['rate']],
  ] as const)('%s', (_what, from, changed, fields) => {
    const [entry] = toldBy(changed, from as Refund);
    expect(entry).toMatchObject({ code: 'record.changed_by_hand', fields });
  });

  test('a message may change what an earlier one said, where it moves the refund', () => {
    const processing = { ...requested, status: 'PROCESSING', rate: '6.5' } as const;
    const codes = toldBy({ status: 'SUCCEEDED', rate: '6.6', updated_at: AT, message: packed }, processing);
    expect(codes.map(({ code }) => code)).toEqual(['refund.succeeded']);
  });

  test('a record that is put back begins nothing', () => {
    const { money_refund } = succeeded;
    expect(told(undefined, { ...succeeded, attempts: 3 })).toMatchObject([
      { code: 'record.restored', at: AT, status: 'SUCCEEDED', money_refund },
    ]);
  });
});

test('what a message adds is told beside the claim that it contradicts', () => {
  const { oid_refundno: _number, ...unnumbered } = succeeded;
  const latest = { received_at: AT, oid_refundno: '111' };
  const conflict = { first: latest, latest };
  const entries = toldBy(
    { oid_refundno: '222', conflict, conflicts: 1, message: packed },
    { ...unnumbered, claimed_oid_refundno: '111' },
  );
  expect(entries).toMatchObject([
    { code: 'message.completes', oid_refundno: '222', message },
    { code: 'message.conflict', oid_refundno: '111' },
  ]);
  expect(entries[1]).not.toHaveProperty('message');
});

test('a refund that is found paid before it is sent again was paid although it had been rejected', () => {
  const reapplied = { ...requested, attempts: 2, applied_at: 5, last_attempt_at: 5 };
  const paid = { status: 'SUCCEEDED', updated_at: AT, message: packed };
  expect(toldBy(paid, reapplied).map(({ code }) => code)).toEqual([
    'refund.succeeded',
    'refund.paid_after_rejection',
  ]);
  expect(toldBy(paid, { ...reapplied, last_attempt_at: 6 })).toHaveLength(1);
});

test('every entry has a sentence; of an unknown code it is the code', () => {
  expect(sentenceOf('attempt.sent')).toContain('recorded');
  expect(sentenceOf('refund.rejected')).toContain('rejected');
  expect(sentenceOf('of.a.later.release')).toBe('of.a.later.release');
});

test('an amount and a date that a message adds are told', () => {
  const { money_refund: _amount, dt_refund: _date, ...short } = { ...requested, kind: 'external' as const };
  expect(toldBy({ money_refund: '1.00', dt_refund: '20260105090000', message: packed }, short)).toMatchObject(
    [{ code: 'message.completes', money_refund: '1.00', dt_refund: '20260105090000' }],
  );
});

test('a problem that gains a code is another problem', () => {
  const last_problem = { at: AT, doing: 'querying', reason: 'no answer' } as const;
  const coded = { ...last_problem, ret_code: '1007' };
  expect(toldBy({ last_problem: coded }, { ...requested, last_problem })).toHaveLength(1);
});
