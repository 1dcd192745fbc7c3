import type { Refund, StoryEntry } from '../../client/index.ts';
import { toJson } from '../../sandbox/gateway/message-format.ts';
import { signed } from '../../sandbox/gateway/signature.ts';
import { readSandboxKeys } from '../../sandbox/keys.ts';
import { sentenceOf } from '../../shared/app/story/sentences.ts';
import type { ToldRefund } from './told-service.ts';

const { gateway } = readSandboxKeys();

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The moment of the first entries. */
export const BEGIN = Date.UTC(2026, 10, 26, 2, 0, 0);

const iso = (afterMs: number, begin = BEGIN) => new Date(begin + afterMs).toISOString();

const MONEY = { money_refund: '200.01', dt_refund: '20261126100000' };
const PARTNER = '201103171000000000';

/** What would be run if a page took a text for more than text. */
export const HOSTILE = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;

/** A message of the gateway, signed with its key. */
const message = (no_refund: string, sta_refund: string, more: Record<string, string> = {}) =>
  toJson(
    signed(
      {
        ...{ ret_code: '0000', ret_msg: '交易成功', oid_partner: PARTNER, no_refund, ...MONEY },
        ...{ oid_refundno: '2026112600000001', sta_refund, ...more },
      },
      gateway.privateKey,
    ),
  );

const entry = (afterMs: number, code: string, facts: Partial<StoryEntry> = {}): StoryEntry => ({
  at: iso(afterMs),
  code,
  text: sentenceOf(code),
  ...facts,
});

const begun = (facts: Partial<StoryEntry> = {}): StoryEntry[] => [
  entry(0, 'refund.created', { status: 'REQUESTED', kind: 'refund', no_order: 'o-1', ...MONEY, ...facts }),
  entry(5, 'attempt.sent', { attempt: 1 }),
];

const STATUSES = { 1: 'PROCESSING', 2: 'SUCCEEDED', 3: 'FAILED' } as const;

/** A status that the gateway told. */
function told(
  afterMs: number,
  id: string,
  sta: 1 | 2 | 3,
  via: 'answer' | 'notification' | 'query',
  more = {},
): StoryEntry {
  const status = STATUSES[sta];
  return entry(afterMs, `refund.${status.toLowerCase()}`, {
    ...{ status, sta_refund: String(sta), oid_refundno: '2026112600000001' },
    from: sta === 1 ? 'REQUESTED' : 'PROCESSING',
    message: { text: message(id, String(sta), more), via, received_at: iso(afterMs) },
  });
}

const record = (no_refund: string, status: Refund['status'], more: Partial<Refund> = {}): Refund => ({
  ...{ no_refund, kind: 'refund', status, version: 2, oid_partner: PARTNER, no_order: 'o-1', ...MONEY },
  ...{ attempts: 1, created_at: iso(0), updated_at: iso(0), ...more },
});

/** Its next check is in an hour and a half from now. */
export function openRefund(): ToldRefund {
  const next_check_at = iso(90 * MINUTE, Date.now());
  return {
    refund: record('open-1', 'PROCESSING', {
      next_check_at,
      reference: 'order 4711',
      reason: 'arrived late',
    }),
    entries: [...begun(), told(300, 'open-1', 1, 'answer')],
  };
}

/** Its next check is in less than two minutes from now. */
export function soonCheckedRefund(inMs = 100 * SECOND): ToldRefund {
  const begin = Date.now() - 20 * SECOND;
  const entries = begun().map((one) => ({ ...one, at: iso(Date.parse(one.at) - BEGIN, begin) }));
  const next_check_at = iso(inMs, Date.now());
  return { refund: record('soon-1', 'REQUESTED', { next_check_at, created_at: iso(0, begin) }), entries };
}

/** The answer said success at once. */
export function directRefund(): ToldRefund {
  const success = { ...told(200, 'direct-1', 2, 'answer'), from: 'REQUESTED' as const };
  return { refund: record('direct-1', 'SUCCEEDED'), entries: [...begun(), success] };
}

/** The times of its entries, and of its two waits, milliseconds after the beginning. */
export const WAITED = [0, 5, 10_005, 15 * MINUTE, 15 * MINUTE + 5, 15 * MINUTE + 300, 30 * MINUTE];

export function waitedRefund(): ToldRefund {
  const [, , doubt = 0, check = 0, resent = 0, working = 0, success = 0] = WAITED;
  return {
    refund: record('waited-1', 'SUCCEEDED', { attempts: 2, oid_refundno: '2026112600000001' }),
    entries: [
      ...begun(),
      entry(doubt, 'attempt.in_doubt', { reason: 'no complete answer within 10000 ms' }),
      entry(check, 'check.begun', { next_check_at: iso(30 * MINUTE) }),
      entry(resent, 'attempt.resent', { attempt: 2 }),
      told(working, 'waited-1', 1, 'answer'),
      told(success, 'waited-1', 2, 'notification'),
    ],
  };
}

export function conflictRefund(): ToldRefund {
  const received_at = iso(4 * SECOND);
  const kept = {
    ...{ received_at, ret_code: '0000', sta_refund: '3', oid_refundno: '2026112600000001' },
    ...MONEY,
  };
  const text = message('conflict-1', '3');
  return {
    refund: record('conflict-1', 'SUCCEEDED', {
      ...{ conflict: { first: kept, latest: kept }, needs_attention: 'conflict' },
      what_to_do: 'Ask LianLian which of the two messages is true before you trust the status.',
    }),
    entries: [
      ...begun(),
      told(300, 'conflict-1', 1, 'answer'),
      told(2_000, 'conflict-1', 2, 'notification'),
      entry(4_000, 'message.conflict', {
        ...{ status: 'SUCCEEDED', ...kept },
        message: { text, via: 'notification', received_at },
      } as Partial<StoryEntry>),
    ],
  };
}

export function rejectedRefund(): ToldRefund {
  const code = { ret_code: '5006', ret_msg: '商户余额不足' };
  return {
    refund: record('rejected-1', 'REJECTED', { ...code, rejection_reason: 'insufficient merchant balance' }),
    entries: [...begun(), entry(200, 'refund.rejected', { status: 'REJECTED', from: 'REQUESTED', ...code })],
  };
}

/** The gateway has paid it after all. */
export function paidRefund(): ToldRefund {
  const { refund, entries } = rejectedRefund();
  const [created, sent, rejected] = entries as [StoryEntry, StoryEntry, StoryEntry];
  const success = told(20 * MINUTE, 'paid-1', 2, 'notification');
  return {
    refund: { ...(refund as Refund), no_refund: 'paid-1', status: 'SUCCEEDED' },
    entries: [
      ...[created, sent, rejected],
      { ...success, code: 'refund.paid_after_rejection', from: 'REJECTED' } as StoryEntry,
    ],
  };
}

export function failedRefund(): ToldRefund {
  return {
    refund: record('failed-1', 'FAILED'),
    entries: [...begun(), told(300, 'failed-1', 1, 'answer'), told(2_000, 'failed-1', 3, 'notification')],
  };
}

/** Somebody has made a failure of it in its record and in its story; no message says so. */
export function claimedRefund(begin = BEGIN): ToldRefund {
  const { entries } = failedRefund();
  const claimed = entries.map(({ message, ...one }) => ({
    ...one,
    at: iso(Date.parse(one.at) - BEGIN, begin),
  }));
  return { refund: record('claimed-1', 'FAILED'), entries: claimed };
}

/** The record has succeeded; its story has not come to that yet. */
export function behindRefund(): ToldRefund {
  return {
    refund: record('behind-1', 'SUCCEEDED'),
    entries: [...begun(), told(300, 'behind-1', 1, 'answer')],
  };
}

/** Its record was deleted. */
export function deletedRefund(): ToldRefund {
  return {
    entries: [
      ...begun(),
      { ...told(300, 'deleted-1', 2, 'answer'), from: 'REQUESTED' },
      entry(9_000, 'record.deleted'),
    ],
  };
}

/** An entry of its story has lost its time, and so the story can't be verified. */
export function unreadableRefund(): ToldRefund {
  const entries = begun();
  const { at: _at, ...timeless } = entry(400, 'check.begun');
  return { refund: record('unreadable-1', 'SUCCEEDED'), entries: [...entries, timeless as StoryEntry] };
}

/** The record has succeeded; of its story nothing is there. */
export function storylessRefund(): ToldRefund {
  return { refund: record('storyless-1', 'SUCCEEDED'), entries: [] };
}

/** Somebody holds it by hand. */
export function heldRefund(): ToldRefund {
  return {
    refund: record('held-1', 'REQUESTED', { next_check_at: iso(90 * MINUTE, Date.now()) }),
    entries: [...begun(), entry(9_000, 'record.held')],
  };
}

/** So many checks, two entries each, a minute apart. */
export function checkedRefund(no_refund: string, checks: number): ToldRefund {
  const entries = Array.from({ length: checks }, (_, index) => [
    entry((index + 1) * MINUTE, 'check.begun'),
    entry((index + 1) * MINUTE + 200, 'query.in_doubt', { reason: 'no complete answer within 10000 ms' }),
  ]);
  return { refund: record(no_refund, 'REQUESTED'), entries: [...begun(), ...entries.flat()] };
}

/** Checked again and again: sixty-two entries. */
export function longRefund(): ToldRefund {
  const checks = Array.from({ length: 30 }, (_, index) => [
    entry((index + 1) * 60 * MINUTE, 'check.begun', { next_check_at: iso((index + 2) * 60 * MINUTE) }),
    entry((index + 1) * 60 * MINUTE + 200, 'query.in_doubt', {
      reason: 'no complete answer within 10000 ms',
    }),
  ]);
  return { refund: record('long-1', 'REQUESTED'), entries: [...begun(), ...checks.flat()] };
}

/** Somebody has changed the amount in a message of its story. */
export function tamperedRefund(): ToldRefund {
  const success = told(2_000, 'tampered-1', 2, 'notification');
  const text = success.message?.text.replace('200.01', '999.99') ?? '';
  return {
    refund: record('tampered-1', 'SUCCEEDED'),
    entries: [
      ...begun(),
      told(300, 'tampered-1', 1, 'answer'),
      { ...success, ...(success.message && { message: { ...success.message, text } }) },
    ],
  };
}

/** Wherever a text can come from outside, it is hostile. */
export function hostileRefund(): ToldRefund {
  const own = { reference: HOSTILE, reason: HOSTILE, requested_by: HOSTILE };
  const ret_msg = HOSTILE;
  return {
    refund: record('hostile-1', 'REJECTED', {
      ...own,
      ...{ no_order: HOSTILE, oid_paybill: HOSTILE, ret_msg, what_to_do: HOSTILE, rejection_reason: HOSTILE },
      ...{ needs_attention: HOSTILE as 'denied', money_refund: HOSTILE, created_at: HOSTILE },
      last_problem: { at: HOSTILE, doing: 'applying', reason: HOSTILE },
    }),
    entries: [
      ...begun(own),
      entry(200, HOSTILE, { text: HOSTILE, status: HOSTILE as 'FAILED', error: HOSTILE, fields: [HOSTILE] }),
      { ...entry(0, 'record.changed_by_hand'), at: HOSTILE },
      told(300, 'hostile-1', 1, 'answer', { ret_msg: HOSTILE, [HOSTILE]: HOSTILE }),
    ],
  };
}
