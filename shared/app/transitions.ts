import { type Status, statusesBefore } from '../domain/life-cycle.ts';
import { RESULT_FIELDS, type Refund } from '../domain/refund.ts';
import { IDENTITY_FIELDS } from '../domain/verified-message.ts';
import type { Changes, Counted, Expected, Store, Written } from './ports/store.ts';

type Field = keyof Refund;

/** A write that changes a record: what must hold for it, and what it may write. */
interface Transition {
  /** The statuses that it may start from; missing: any. */
  from?: readonly Status[];
  /** The status that it leads to, where it changes it. `as the message says`: from any status of a lower rank. */
  to?: Status | 'as the message says';
  /** These must be as the writer has seen them: nobody else has written them since. */
  unchanged?: readonly Field[];
  /** These must be missing. */
  absent?: readonly Field[];
  /** Where the message has these, the record must lack them or have the same. */
  agrees?: readonly Field[];
  /** These are only added, never changed: of those that it writes each must be missing. */
  adds?: readonly Field[];
  /** Other fields that it may set or remove. */
  sets: readonly Field[];
  /** Numbers that it may raise by one. */
  counts?: readonly Counted[];
}

/** By which the index of due refunds has a record, or not. */
const INDEX = ['shard', 'next_check_at', 'check_wait'] as const;

/** What incomplete messages leave in a record. */
const CLAIMS = ['unsettled', 'claimed_sta_refund', 'claimed_oid_refundno'] as const;

/** A verified message is about the refund: no "not found" and no rejection is believed any more. */
const NO_MESSAGE = ['unsettled', 'conflict'] as const;

/** What a verified status brings with it. */
const SETTLED_FIELDS = [
  ...IDENTITY_FIELDS,
  ...RESULT_FIELDS,
  'sta_refund',
  'ret_code',
  'ret_msg',
  'last_problem',
  'attention',
  'lease_until',
  'message',
  'updated_at',
  ...INDEX,
] as const;

const OPEN = ['REQUESTED', 'REJECTED', 'INITIALIZED', 'PROCESSING'] as const;

/**
 * Every write that changes a record; only those with `to` may write `status`. Nothing else writes to one, but for the two
 * creates (app/attempt/begin.ts, app/notify.ts). docs/protocol.md shows this table, with the file that uses each entry; a
 * test holds it against this one.
 */
export const TRANSITIONS = {
  acquireLease: {
    from: ['REQUESTED'],
    unchanged: ['attempt_id', 'lease_until'],
    sets: ['attempt_id', 'lease_until', 'applied_at', 'attention', ...INDEX],
  },
  releaseLease: {
    from: ['REQUESTED'],
    unchanged: ['attempt_id'],
    sets: ['lease_until', 'ret_code', 'ret_msg', 'last_problem', 'attention', 'updated_at'],
  },
  rememberApplication: { from: ['REQUESTED'], sets: ['applied_at', 'attention', ...INDEX] },
  beginAfterRejection: {
    from: ['REJECTED'],
    to: 'REQUESTED',
    unchanged: ['attempt_id'],
    sets: [
      ...['attempt_id', 'lease_until', 'last_attempt_at', 'applied_at', 'task_token'],
      ...['ret_code', 'ret_msg', 'last_problem', 'attention', 'updated_at', ...INDEX],
    ] as const,
    counts: ['version', 'attempts', 'task_tokens'],
  },
  beginResend: {
    from: ['REQUESTED'],
    unchanged: ['attempt_id'],
    absent: NO_MESSAGE,
    sets: [
      'attempt_id',
      'lease_until',
      'last_attempt_at',
      'doubt',
      'ret_code',
      'ret_msg',
      'last_problem',
      'attention',
      ...INDEX,
    ],
    counts: ['attempts'],
  },
  confirmAttempt: {
    from: ['REQUESTED'],
    unchanged: ['attempt_id'],
    absent: NO_MESSAGE,
    sets: ['last_attempt_at'],
  },
  reject: {
    from: ['REQUESTED'],
    to: 'REJECTED',
    unchanged: ['attempt_id'],
    absent: NO_MESSAGE,
    sets: ['lease_until', 'ret_code', 'ret_msg', 'last_problem', 'attention', 'updated_at', ...INDEX],
    counts: ['version'],
  },
  settle: {
    to: 'as the message says',
    agrees: [...IDENTITY_FIELDS, 'claimed_sta_refund', 'claimed_oid_refundno'],
    sets: SETTLED_FIELDS,
    counts: ['version'],
  },
  settleAgainstClaim: {
    to: 'as the message says',
    unchanged: ['claimed_sta_refund', 'claimed_oid_refundno', 'conflicts'],
    agrees: IDENTITY_FIELDS,
    sets: [...SETTLED_FIELDS, 'conflict', 'in_conflict'],
    counts: ['version', 'conflicts'],
  },
  keepIncomplete: {
    from: OPEN,
    absent: ['unsettled'],
    agrees: [...IDENTITY_FIELDS, 'claimed_sta_refund', 'claimed_oid_refundno'],
    sets: [...IDENTITY_FIELDS, ...CLAIMS, 'message', 'updated_at', ...INDEX],
  },
  complete: {
    unchanged: ['status', 'claimed_oid_refundno', 'conflicts'],
    agrees: IDENTITY_FIELDS,
    adds: [...IDENTITY_FIELDS, ...RESULT_FIELDS, ...CLAIMS],
    sets: ['conflict', 'in_conflict', 'message', 'updated_at', ...INDEX],
    counts: ['conflicts'],
  },
  flagDenied: { from: ['REJECTED', 'INITIALIZED', 'PROCESSING'], sets: ['attention'] },
  recordConflict: {
    unchanged: ['conflicts'],
    sets: ['conflict', 'in_conflict', 'message', 'updated_at'],
    counts: ['conflicts'],
  },
  storeTaskToken: { unchanged: ['task_tokens'], sets: ['task_token'], counts: ['task_tokens'] },
  postponeCheck: { unchanged: ['next_check_at'], sets: ['next_check_at', 'check_wait'] },
  postponeSeldom: {
    from: ['REJECTED', 'INITIALIZED', 'PROCESSING', 'SUCCEEDED', 'FAILED'],
    unchanged: ['next_check_at'],
    sets: ['next_check_at', 'check_wait'],
  },
  postponeRequested: {
    from: ['REQUESTED'],
    unchanged: ['next_check_at', 'applied_at'],
    sets: ['next_check_at', 'check_wait'],
  },
  endChecks: {
    from: ['REJECTED'],
    unchanged: ['next_check_at'],
    absent: NO_MESSAGE,
    sets: INDEX,
  },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof TRANSITIONS;

type Listed<Name extends TransitionName, Key extends string> =
  (typeof TRANSITIONS)[Name] extends Record<Key, readonly (infer Item)[]> ? Item : never;

/** The fields that a transition may write. */
type Writes<Name extends TransitionName> =
  | Listed<Name, 'sets'>
  | Listed<Name, 'adds'>
  | ((typeof TRANSITIONS)[Name] extends { to: string } ? 'status' : never);

/** What a transition is about. */
interface Subject {
  /** The record as the writer has seen it. */
  seen: Pick<Refund, 'no_refund'> & Partial<Refund>;
  /** What the record must agree with: the message that it lets take effect. */
  agreesWith?: Changes;
  /** Those of its counts that are raised, if not all. */
  counts?: readonly Counted[];
}

/**
 * Writes a change of a record, if what its transition asks for holds.
 *
 * @param changes fields to set, and to remove where the value is `undefined`; only those that the transition may write
 */
export function transition<Name extends TransitionName, const C extends Changes>(
  store: Store,
  name: Name,
  subject: Subject,
  changes: C & { [F in Exclude<keyof C, Writes<Name>>]: never },
): Promise<Written> {
  const declared: Transition = TRANSITIONS[name];
  return store.update(
    subject.seen.no_refund,
    expectedBy(declared, subject, changes),
    changes,
    subject.counts ?? declared.counts ?? [],
  );
}

function expectedBy(declared: Transition, { seen, agreesWith }: Subject, changes: Changes): Expected {
  const { to, unchanged = [], absent = [], agrees = [], adds = [] } = declared;
  const from = to === 'as the message says' ? statusesBefore(changes.status as Status) : declared.from;
  const said: Changes = { ...agreesWith, ...changes };
  const conditions: [Field, readonly unknown[]][] = [
    ...(from ? [['status', from] as [Field, readonly Status[]]] : []),
    ...unchanged.map((field): [Field, unknown[]] => [field, [seen[field]]]),
    ...agrees
      .filter((field) => said[field])
      .map((field): [Field, unknown[]] => [field, [undefined, said[field]]]),
    ...[...absent, ...adds.filter((field) => field in changes)].map((field): [Field, unknown[]] => [
      field,
      [undefined],
    ]),
  ];
  return Object.fromEntries(conditions);
}

/** The record that a write shows. Throws where there is none, which no function may cause. */
export function recordOf({ refund }: Written): Refund {
  if (!refund) throw new Error('a refund record has vanished: restore it, records are never deleted');
  return refund;
}
