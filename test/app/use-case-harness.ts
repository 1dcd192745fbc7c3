import { applyForRefund } from '../../shared/app/apply.ts';
import { receiveNotification } from '../../shared/app/notify.ts';
import type { ApplyContext, NotifyContext } from '../../shared/app/ports/context.ts';
import type { ApplyAnswer, QueryAnswer } from '../../shared/app/ports/gateway.ts';
import type { Store, Written } from '../../shared/app/ports/store.ts';
import { queryRefund } from '../../shared/app/query.ts';
import { reconcile } from '../../shared/app/reconcile.ts';
import { OutcomeUnknown } from '../../shared/domain/errors.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { VerifiedMessage } from '../../shared/domain/verified-message.ts';
import { captureLog } from '../entry/captured-log.ts';
import { Table } from '../simulation/table.ts';

const SECOND_MS = 1_000;
export const DAY_MS = 86_400_000;

export const rules = {
  oidPartner: '201103171000000000',
  notifyUrl: 'https://merchant.example/refund-notifications',
  firstCheckMs: 900 * SECOND_MS,
  resendAfterMs: 900 * SECOND_MS,
  resendUntilMs: DAY_MS,
};

/** What the gateway answers, in order; the last answer is repeated. A function may have something happen meanwhile. */
export type Script<Answer> = (Answer | (() => Promise<Answer> | Answer))[];

type Query = QueryAnswer | { type: 'not-found' };

/**
 * The use cases with every part outside of them in a test's hands: a table that keeps the store's contract, a clock that
 * stands still, a gateway that answers as it is told.
 */
export function scene(answers: { apply?: Script<ApplyAnswer>; query?: Script<Query> } = {}) {
  let nowMs = Date.UTC(2026, 0, 5);
  let ids = 0;
  const ownRules = { ...rules };
  let isReady = true;
  let exchanges = Number.POSITIVE_INFINITY;
  const table = new Table(
    () => nowMs,
    () => {},
  );
  const { lines, logFor } = captureLog();
  const sent: string[] = [];
  const queried: string[] = [];
  /** Called before a write takes effect, and after: a test may have others write in between. */
  const around: { before?: (() => void) | undefined; after?: (() => void) | undefined } = {};

  const next = async <Answer>(script: Script<Answer> | undefined, otherwise: Answer): Promise<Answer> => {
    const answer = (script && (script.length > 1 ? script.shift() : script[0])) ?? otherwise;
    return typeof answer === 'function' ? (answer as () => Promise<Answer>)() : answer;
  };

  /** Which of the writes to come get no answer, counted from now. They don't take effect. */
  const outage = { after: 0, count: 0 };
  const write = async (take: () => Written): Promise<Written> => {
    if (outage.after > 0) outage.after -= 1;
    else if (outage.count > 0) {
      outage.count -= 1;
      throw new OutcomeUnknown('the table gave no answer', {}, { cause: new Error('500') });
    }
    once('before');
    const written = take();
    once('after');
    return written;
  };
  const once = (when: 'before' | 'after') => {
    const act = around[when];
    around[when] = undefined;
    act?.();
  };
  const store: Store = {
    get: async (noRefund) => table.items.get(noRefund),
    create: (refund) => write(() => table.create(refund)),
    update: (noRefund, expected, changes, counted = []) =>
      write(() => table.update(noRefund, expected, changes, [...counted])),
    due: async (shard, untilMs, limit, after) => table.due(shard, untilMs, limit, after, nowMs),
  };

  const context = (): ApplyContext & NotifyContext => ({
    store,
    clock: { nowMs: () => nowMs },
    wait: async (ms) => {
      nowMs += ms;
    },
    log: logFor(''),
    rules: ownRules,
    newAttemptId: () => `attempt-${++ids}`,
    deadlineMs: nowMs + 28 * SECOND_MS,
    notifications: { read: async (text) => ({ type: 'verified', message: JSON.parse(text) }) },
    gateway: {
      ready: async () => {
        if (!isReady) throw new Error('the keys are out of reach');
      },
      hasTime: () => exchanges-- > 0,
      apply: async ({ no_refund }) => {
        sent.push(no_refund);
        return next(answers.apply, { type: 'in-doubt', reason: 'no answer' });
      },
      query: async ({ no_refund }) => {
        queried.push(no_refund);
        const answer = await next<Query>(answers.query, { type: 'in-doubt', reason: 'no answer' });
        return answer.type === 'not-found' ? { sentAtMs: nowMs, ...answer } : (answer as QueryAnswer);
      },
    },
  });

  return {
    rules: ownRules,
    table,
    store,
    sent,
    queried,
    lines,
    around,
    context,
    record: (noRefund = '1') => table.items.get(noRefund) as Refund,
    pass: (ms: number) => {
      nowMs += ms;
    },
    failWrites: ({ after = 0, count = Number.POSITIVE_INFINITY }) => {
      Object.assign(outage, { after, count });
    },
    /** For how many checks, exchanges or whatever asks for it there is time. */
    timeFor: (count: number) => {
      exchanges = count;
    },
    keysAre: (there: boolean) => {
      isReady = there;
    },
    apply: (more: object = {}) =>
      applyForRefund(context(), 'refund', { no_refund: '1', money_refund: '200.10', no_order: 'o', ...more }),
    notify: (message: Partial<VerifiedMessage>) =>
      receiveNotification(context(), JSON.stringify({ no_refund: '1', money_refund: '200.10', ...message })),
    query: (input: object) => queryRefund(context(), input),
    /** Runs once everything is due that is due by `afterMs` from now. */
    reconcileIn: (afterMs: number) => {
      nowMs += afterMs;
      return reconcile(context());
    },
    metrics: () => lines.map(({ facts }) => facts.metrics ?? {}),
  };
}

export const notFound = { type: 'not-found' } as const;
export const rejected = { type: 'rejected', ret_code: '5006', ret_msg: '余额不足' } as const;
export const inDoubt = { type: 'in-doubt', reason: 'no answer' } as const;

/** A signed answer. */
export const verified = (
  message: Partial<VerifiedMessage>,
): { type: 'verified'; message: VerifiedMessage } => ({
  type: 'verified',
  message: { no_refund: '1', money_refund: '200.10', ...message },
});

/** An answer on whose way something happens. */
export const meanwhile =
  <Answer>(act: () => Promise<unknown>, answer: Answer) =>
  async () => {
    await act();
    return answer;
  };
