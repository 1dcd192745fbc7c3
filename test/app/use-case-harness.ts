import { applyForRefund } from '../../shared/app/apply.ts';
import { receiveNotification } from '../../shared/app/notify.ts';
import type { NotifyContext, ReconcileContext } from '../../shared/app/ports/context.ts';
import type { ApplyAnswer, QueryAnswer } from '../../shared/app/ports/gateway.ts';
import type { Share, StartRun } from '../../shared/app/ports/runs.ts';
import type { Store, Written } from '../../shared/app/ports/store.ts';
import { queryRefund } from '../../shared/app/query.ts';
import { reconcile } from '../../shared/app/reconcile.ts';
import type { Report } from '../../shared/app/reconciliation/run.ts';
import { OutcomeUnknown } from '../../shared/domain/errors.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { VerifiedMessage } from '../../shared/domain/verified-message.ts';
import { captureLog } from '../entry/captured-log.ts';
import { Leases } from '../simulation/leases.ts';
import { Table } from '../simulation/table.ts';

const SECOND_MS = 1_000;
export const DAY_MS = 86_400_000;

const rules = {
  oidPartner: '201103171000000000',
  notifyUrl: 'https://merchant.example/refund-notifications',
  firstCheckMs: 900 * SECOND_MS,
  resendAfterMs: 900 * SECOND_MS,
  resendUntilMs: DAY_MS,
  checksPerShard: 4,
  maxInFlight: 32,
  maxPerSecond: Number.POSITIVE_INFINITY,
  runs: 1,
  aloneMs: 10 * SECOND_MS,
};

/** The gateway's answers, in order; the last one is repeated. A function may act before it answers. */
export type Answers<Answer> = (Answer | (() => Promise<Answer> | Answer))[];

type Query = QueryAnswer | { type: 'not-found' };

/**
 * The use cases over fakes of every port: a table that fulfils the store's contract, a clock that the test moves, a
 * gateway with scripted answers.
 */
export function harness(answers: { apply?: Answers<ApplyAnswer>; query?: Answers<Query> } = {}) {
  let nowMs = Date.UTC(2026, 0, 5);
  let ids = 0;
  const ownRules = { ...rules };
  let timeMs = 28 * SECOND_MS;
  let isReady = true;
  let exchanges = Number.POSITIVE_INFINITY;
  const table = new Table(
    () => nowMs,
    (_before, after) => {
      const isListed = after?.in_conflict === 'yes';
      if (isListed !== Boolean(after?.conflict)) throw new Error('the list of conflicts has it wrong');
    },
  );
  const { lines, logFor } = captureLog();
  const sent: string[] = [];
  const queried: string[] = [];
  /** Called before the next write takes effect, and after it: a test can insert writes of others. */
  const around: { before?: (() => void) | undefined; after?: (() => void) | undefined } = {};

  const next = async <Answer>(script: Answers<Answer> | undefined, otherwise: Answer): Promise<Answer> => {
    const answer = (script && (script.length > 1 ? script.shift() : script[0])) ?? otherwise;
    return typeof answer === 'function' ? (answer as () => Promise<Answer>)() : answer;
  };

  /** The next writes that get no answer and take no effect: `count` of them, after `after` others. */
  const outage = { after: 0, count: 0 };
  const write = async (perform: () => Written): Promise<Written> => {
    if (outage.after > 0) outage.after -= 1;
    else if (outage.count > 0) {
      outage.count -= 1;
      throw new OutcomeUnknown('the table gave no answer', {}, { cause: new Error('500') });
    }
    once('before');
    const written = perform();
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
    countDue: async (shard, untilMs) => table.countDue(shard, untilMs, nowMs),
  };
  const leases = new Leases();
  /** What runs have handed over, in order. */
  const shares: Share[] = [];
  const further: Promise<Report>[] = [];
  let startRun: StartRun = async (share) => {
    shares.push(share);
    further.push(reconcile(context(), share));
  };

  const later = async (ms: number) => {
    nowMs += ms;
  };
  /** What is under way moves the clock; once nothing does, the rest of the wait passes at once. */
  const untilIdle = async (untilMs: number) => {
    for (let idleTurns = 0; nowMs < untilMs && idleTurns < 50; idleTurns += 1) {
      const beforeMs = nowMs;
      await new Promise((resolve) => setImmediate(resolve));
      if (nowMs !== beforeMs) idleTurns = 0;
    }
    nowMs = Math.max(nowMs, untilMs);
  };

  const context = (): ReconcileContext & NotifyContext => ({
    store,
    clock: { nowMs: () => nowMs },
    wait: (ms) => (ms < 5_000 ? later(ms) : untilIdle(nowMs + ms)),
    log: logFor(''),
    rules: ownRules,
    newAttemptId: () => `attempt-${++ids}`,
    deadlineMs: nowMs + timeMs,
    leases: {
      acquire: async (shard, id, now, untilMs) => leases.acquire(shard, id, now, untilMs),
      release: async (shard, id) => leases.release(shard, id),
    },
    startRun: (share) => startRun(share),
    notifications: { read: async (text) => ({ type: 'verified', message: JSON.parse(text) }) },
    gateway: {
      ready: async () => {
        if (!isReady) throw new Error('the keys are out of reach');
      },
      hasTime: (deadlineMs) => nowMs < deadlineMs - 3_000 && exchanges-- > 0,
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
    leases,
    shares,
    sent,
    queried,
    lines,
    around,
    context,
    record: (noRefund = '1') => table.items.get(noRefund) as Refund,
    advance: (ms: number) => {
      nowMs += ms;
    },
    failWrites: ({ after = 0, count = Number.POSITIVE_INFINITY }) => {
      Object.assign(outage, { after, count });
    },
    /** Limits the number of exchanges with the gateway for which there is time. */
    timeFor: (count: number) => {
      exchanges = count;
    },
    /** How long an invocation may take from now on. */
    setTime: (ms: number) => {
      timeMs = ms;
    },
    /** The runs that were started by others. */
    further,
    failToStartRuns: () => {
      startRun = () => Promise.reject(new Error('no event bus'));
    },
    loseShares: () => {
      startRun = async (share) => {
        shares.push(share);
      };
    },
    setKeysReachable: (reachable: boolean) => {
      isReady = reachable;
    },
    apply: (more: object = {}) =>
      applyForRefund(context(), 'refund', { no_refund: '1', money_refund: '200.10', no_order: 'o', ...more }),
    notify: (message: Partial<VerifiedMessage>) =>
      receiveNotification(context(), JSON.stringify({ no_refund: '1', money_refund: '200.10', ...message })),
    query: (input: object) => queryRefund(context(), input),
    /** Moves the clock, and runs the reconciliation once. */
    reconcileIn: (afterMs: number) => {
      nowMs += afterMs;
      return reconcile(context());
    },
    /** Runs the reconciliation now, of everything or of a share. */
    reconcile: (share?: Share) => reconcile(context(), share),
    metrics: () => lines.map(({ facts }) => facts.metrics ?? {}),
  };
}

export const notFound = { type: 'not-found' } as const;
export const rejected = { type: 'rejected', ret_code: '5006', ret_msg: '余额不足' } as const;
export const inDoubt = { type: 'in-doubt', reason: 'no answer' } as const;

/** A signed answer of the gateway. */
export const verified = (
  message: Partial<VerifiedMessage>,
): { type: 'verified'; message: VerifiedMessage } => ({
  type: 'verified',
  message: { no_refund: '1', money_refund: '200.10', ...message },
});

/** An answer before which something happens. */
export const meanwhile =
  <Answer>(act: () => Promise<unknown>, answer: Answer) =>
  async () => {
    await act();
    return answer;
  };
