import { isFinal, type Status, statusesBefore, statusOf } from '../domain/life-cycle.ts';
import type { Refund } from '../domain/refund.ts';
import { isAccepting, type Statement, statusSaidBy } from '../domain/statement.ts';
import { disagree, IDENTITY, keepConflict, withEarlierWord } from './contradictions.ts';
import type { Changes, Context, Expected, Facts } from './ports.ts';
import { checkNow, checksAfter } from './schedule.ts';

/**
 * What a verified message did to the record.
 *
 * - `settled`: moved it forward, or told something that it lacked
 * - `unchanged`: repeated or late
 * - `conflict`: contradicts it; kept beside it
 * - `incomplete`: says too little to move it; kept, and a query is due now
 */
export type Settlement =
  | { outcome: 'settled' | 'unchanged' | 'conflict' | 'incomplete'; refund: Refund }
  | { outcome: 'unknown' };

/** The record after a message about it; `known` where nothing was found, which a record that is known excludes. */
export function refundAfter(settlement: Settlement, known: Refund): Refund {
  return settlement.outcome === 'unknown' ? known : settlement.refund;
}

/** Told by the gateway once the refund has come to a status; kept as given, never recomputed. */
const TOLD = [
  'oid_refundno',
  'settle_date',
  'money_foreign_refund',
  'rate_id',
  'rate',
  'exchange_bankcode',
] as const satisfies (keyof Statement)[];

const METRICS: Partial<Record<Status, Facts['metrics']>> = {
  SUCCEEDED: { RefundsSucceeded: 1 },
  FAILED: { RefundsFailed: 1 },
};

/** Of an acceptance the text says nothing that the status doesn't; a refusal's is kept whole. */
const MAX_ACCEPTED_RET_MSG = 32;

/**
 * Lets a verified message take effect, no matter who brings it or which attempt it answers: a signed status is
 * evidence by itself. One conditional write in the normal case; its failure tells the rest.
 *
 * @param how a message that says too little makes a query due, unless it is what a query was answered with
 */
export async function settle(
  ctx: Context,
  said: Statement,
  how: 'told' | 'asked' = 'told',
): Promise<Settlement> {
  const status = statusSaidBy(said);
  const { from, changes } = status ? advance(ctx, said, status) : note(ctx, said, how);
  const written = await ctx.store.update(
    said.no_refund,
    { status: from, ...agreement(said) },
    changes,
    status ? ['version'] : [],
  );
  const found = written.written ? written.before : written.refund;
  const { no_refund, sta_refund, ret_code } = said;
  const facts = { no_refund, from: found?.status, status, said: sta_refund, ret_code };
  if (written.written) {
    ctx.log.info(status ? 'settled' : 'a message says too little: a query is due', {
      ...facts,
      metrics: status && METRICS[status],
    });
    const refund = await withEarlierWord(ctx, written.refund, written.before, said);
    return { outcome: status ? 'settled' : 'incomplete', refund };
  }
  const known = written.refund;
  if (!known) return { outcome: 'unknown' };
  if (disagree(known, said)) return { outcome: 'conflict', refund: await keepConflict(ctx, known, said) };
  // Whoever has written the end may have been cut off before it kept what contradicts it.
  const earlier = known.conflict ? undefined : known;
  return complete(ctx, await withEarlierWord(ctx, known, earlier, said), said);
}

function advance(ctx: Context, said: Statement, status: Status): { from: Status[]; changes: Changes } {
  const now = ctx.clock.nowMs();
  return {
    from: statusesBefore(status),
    changes: {
      ...toldBy(said),
      status,
      sta_refund: said.sta_refund,
      ...identityIn(said),
      ...codeOf(said),
      updated_at: new Date(now).toISOString(),
      lease_until: undefined,
      ...checksAfter(status, said.no_refund, now, ctx.rules.firstCheckMs),
    },
  };
}

function note(ctx: Context, said: Statement, how: 'told' | 'asked'): { from: Status[]; changes: Changes } {
  const now = ctx.clock.nowMs();
  return {
    from: statusesBefore('SUCCEEDED'),
    changes: {
      ...identityIn(said),
      ...unsettledBy(said),
      updated_at: new Date(now).toISOString(),
      ...(how === 'told' && checkNow(said.no_refund, now, ctx.rules.firstCheckMs)),
    },
  };
}

/** What there is to keep of a message that says too little; the rest of it agrees with the record. */
export function unsettledBy({ sta_refund, oid_refundno }: Statement): Changes {
  return {
    unsettled: true,
    ...(sta_refund && isFinal(statusOf(sta_refund)) && { claimed_sta_refund: sta_refund }),
    ...(oid_refundno && { claimed_oid_refundno: oid_refundno }),
  };
}

/** The code of an accepted refund. */
export function codeOf({ ret_code, ret_msg }: Statement): Pick<Statement, 'ret_code' | 'ret_msg'> {
  return { ret_code, ret_msg: ret_msg?.slice(0, MAX_ACCEPTED_RET_MSG) };
}

/** The fields a message has of those that stay empty until it tells them. */
export function toldBy(said: Statement): Pick<Statement, (typeof TOLD)[number]> {
  return Object.fromEntries(TOLD.filter((field) => said[field]).map((field) => [field, said[field]]));
}

function agreement(said: Statement): Expected {
  return Object.fromEntries(
    IDENTITY.filter((field) => said[field]).map((field) => [field, [undefined, said[field]]]),
  );
}

/**
 * The amount and the date, which a record that was made from a shorter message may lack. Not the gateway's number: one
 * that comes with too little settles nothing, and the refund's own may come later.
 */
export function identityIn({ money_refund, dt_refund }: Statement): Changes {
  return { ...(money_refund && { money_refund }), ...(dt_refund && { dt_refund }) };
}

/**
 * A message that repeats the status may still bring what an earlier, shorter one left out; a late or incomplete one
 * nothing but the identity, by which a later message is then seen to speak of a second payment.
 */
async function complete(ctx: Context, known: Refund, said: Statement): Promise<Settlement> {
  const status = statusSaidBy(said);
  const { oid_refundno } = said;
  const told = {
    ...(isAccepting(said) && { ...identityIn(said), ...(oid_refundno && { oid_refundno }) }),
    ...(status === known.status && toldBy(said)),
  };
  const news = Object.entries(told).filter(([field]) => known[field as keyof Refund] === undefined);
  if (news.length === 0) {
    ctx.log.info('a repeated or late message changes nothing', {
      no_refund: said.no_refund,
      status: known.status,
      said: said.sta_refund,
    });
    return { outcome: 'unchanged', refund: known };
  }
  const now = ctx.clock.nowMs();
  // From the date on, which a record that was made from a shorter message may lack, the gateway can be asked.
  const isDated = known.dt_refund === undefined && said.dt_refund !== undefined;
  const untold = Object.fromEntries(news.map(([field]) => [field, [undefined]])) as Expected;
  const written = await ctx.store.update(
    said.no_refund,
    { ...agreement(said), ...untold, status: [known.status] },
    {
      ...Object.fromEntries(news),
      ...(isDated && checksAfter(known.status, said.no_refund, now, ctx.rules.firstCheckMs)),
      updated_at: new Date(now).toISOString(),
    },
  );
  // Somebody was faster: what they wrote decides what this message is now.
  return written.written ? { outcome: 'settled', refund: written.refund } : settle(ctx, said);
}
