import { isFinal, type Status, statusesBefore, statusOf } from '../domain/life-cycle.ts';
import type { Refund } from '../domain/refund.ts';
import { isAccepting, type Statement, statusSaidBy } from '../domain/statement.ts';
import { contradictedClaim, disagree, IDENTITY, keepConflict } from './contradictions.ts';
import type { Changes, Context, Expected, Facts } from './ports.ts';
import { type Message, recordMessage } from './recording.ts';
import { checkNow, checksAfter } from './schedule.ts';

/**
 * What a verified message did to the record.
 *
 * - `settled`: moved it forward, or told something that it lacked
 * - `unchanged`: repeated or late
 * - `conflict`: contradicts it; kept beside it
 * - `incomplete`: says too little to move it; kept, and a query is due
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
 * evidence by itself. One conditional write in the normal case; its failure tells the rest. It is repeated while there
 * is time, and told of where it fails in the end.
 *
 * @param how an incomplete message makes a query due, unless it is what a query was answered with
 */
export async function settle(
  ctx: Context,
  said: Statement,
  how: 'told' | 'asked' = 'told',
): Promise<Settlement> {
  const message: Message = { said };
  return recordMessage(ctx, message, () => settleOnce(ctx, message, how));
}

async function settleOnce(ctx: Context, message: Message, how: 'told' | 'asked'): Promise<Settlement> {
  const { said } = message;
  const status = statusSaidBy(said);
  const { from, changes } = status ? advance(ctx, said, status) : note(ctx, said, how);
  const written = await ctx.store.update(
    said.no_refund,
    { status: from, ...agreement(said), ...(!status && nothingElseClaimed(said)) },
    changes,
    status ? ['version'] : [],
  );
  if (written.written) {
    logSettled(ctx, said, status, written.before);
    const refund = await withEarlierClaim(ctx, message, written.refund, written.before);
    return { outcome: status ? 'settled' : 'incomplete', refund };
  }
  const known = written.refund;
  if (!known) return { outcome: 'unknown' };
  // Of two incomplete messages neither outweighs the other: both are kept as the contradiction.
  const isIncomplete = !status && !isFinal(known.status);
  const claim = isIncomplete ? contradictedClaim({ ...known, oid_refundno: undefined }, said) : undefined;
  if (claim || disagree(known, said)) {
    message.contradiction = said;
    return { outcome: 'conflict', refund: await keepConflict(ctx, known, said, claim) };
  }
  // Whoever has written the end may have been cut off before it kept what contradicts it.
  const earlier = known.conflict ? undefined : known;
  return complete(ctx, message, await withEarlierClaim(ctx, message, known, earlier), how);
}

function logSettled(
  { log }: Context,
  { no_refund, sta_refund, ret_code }: Statement,
  status: Status | undefined,
  before: Refund | undefined,
): void {
  const facts = { no_refund, from: before?.status, status, said: sta_refund, ret_code };
  const decision = status ? 'settled' : 'a message says too little: a query is due';
  log.info(decision, { ...facts, metrics: status && METRICS[status] });
}

/** The order in which an incomplete message and what contradicts it came must not matter. */
async function withEarlierClaim(
  ctx: Context,
  message: Message,
  refund: Refund,
  before: Refund | undefined,
): Promise<Refund> {
  message.contradiction = before && contradictedClaim(refund, message.said, before);
  return message.contradiction ? keepConflict(ctx, refund, message.contradiction) : refund;
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

/** What there is to keep of an incomplete message; the rest of it agrees with the record. */
export function unsettledBy(said: Statement): Changes {
  return { unsettled: true, ...claimsOf(said) };
}

/** What an incomplete message says that a later one can contradict. */
function claimsOf({ sta_refund, oid_refundno }: Statement): Changes {
  return {
    ...(sta_refund && isFinal(statusOf(sta_refund)) && { claimed_sta_refund: sta_refund }),
    ...(oid_refundno && { claimed_oid_refundno: oid_refundno }),
  };
}

/** An incomplete message that is repeated, or whose claims contradict earlier ones, doesn't write over them. */
function nothingElseClaimed(said: Statement): Expected {
  const claims = Object.entries(claimsOf(said)).map(([field, claimed]) => [field, [undefined, claimed]]);
  return { unsettled: [undefined], ...Object.fromEntries(claims) };
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
 * nothing but the identity and its claims, by which a later message is then seen to speak of a second payment.
 */
async function complete(
  ctx: Context,
  message: Message,
  known: Refund,
  how: 'told' | 'asked',
): Promise<Settlement> {
  const { said } = message;
  const isIncomplete = statusSaidBy(said) === undefined && !isFinal(known.status);
  const told = isIncomplete ? { ...identityIn(said), ...unsettledBy(said) } : lateNews(known, said);
  const news = Object.entries(told).filter(([field]) => known[field as keyof Refund] === undefined);
  if (news.length === 0) {
    ctx.log.info('a repeated or late message changes nothing', {
      no_refund: said.no_refund,
      status: known.status,
      said: said.sta_refund,
    });
    return { outcome: isIncomplete ? 'incomplete' : 'unchanged', refund: known };
  }
  const now = ctx.clock.nowMs();
  const { firstCheckMs } = ctx.rules;
  // From the date on, which a record that was made from a shorter message may lack, the gateway can be asked.
  const isDated = known.dt_refund === undefined && said.dt_refund !== undefined;
  const untold = Object.fromEntries(news.map(([field]) => [field, [undefined]])) as Expected;
  const written = await ctx.store.update(
    said.no_refund,
    { ...agreement(said), ...untold, status: [known.status] },
    {
      ...Object.fromEntries(news),
      ...(isDated && checksAfter(known.status, said.no_refund, now, firstCheckMs)),
      ...(isIncomplete && how === 'told' && checkNow(said.no_refund, now, firstCheckMs)),
      updated_at: new Date(now).toISOString(),
    },
  );
  if (written.written) return { outcome: isIncomplete ? 'incomplete' : 'settled', refund: written.refund };
  // Somebody was faster: what they wrote decides what this message is now.
  return settleOnce(ctx, message, how);
}

function lateNews(known: Refund, said: Statement): Changes {
  const { oid_refundno } = said;
  return {
    ...(isAccepting(said) && { ...identityIn(said), ...(oid_refundno && { oid_refundno }) }),
    ...(statusSaidBy(said) === known.status && toldBy(said)),
  };
}
