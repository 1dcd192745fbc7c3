import { InvalidRequest } from '../domain/errors.ts';
import type { Status } from '../domain/life-cycle.ts';
import type { Refund } from '../domain/refund.ts';
import { statusIn, type VerifiedMessage } from '../domain/verified-message.ts';
import type { NotifyContext } from './ports/context.ts';
import { type Checks, checkNow, checksAfter, dayShardOf } from './schedule.ts';
import { claimsIn, codeOf, evidenceIn, identityIn, resultIn } from './settlement/fields.ts';
import { recordMessage } from './settlement/record-message.ts';
import { settle } from './settlement/settle.ts';

/** Of a number that is logged although it may be malformed. */
const MAX_NUMBER = 32;

/**
 * Takes in a notification: once this returns, what it said is durable and the gateway may be told so, also
 * where it was repeated, late, contradictory or about a refund that was made elsewhere.
 *
 * @throws NotAuthentic, InvalidRequest; ServiceUnavailable where the table or the gateway's keys are out of reach
 */
export async function receiveNotification(ctx: NotifyContext, text: string): Promise<void> {
  const message = await read(ctx, text);
  const settlement = await settle(ctx, message, 'notification');
  if (settlement.outcome !== 'unknown') return;
  const created = await recordMessage(ctx, { message }, () => ctx.store.create(externalRecord(ctx, message)));
  if (created.written) {
    const { no_refund, status } = created.refund;
    ctx.log('refund.external', { no_refund, status });
    return;
  }
  // A record of that number appeared in between: the message is about it.
  await settle(ctx, message, 'notification');
}

async function read(ctx: NotifyContext, text: string): Promise<VerifiedMessage> {
  const notification = await ctx.notifications.read(text);
  if (notification.type === 'verified') return notification.message;
  const { no_refund, faults } = notification;
  const fields = faults.map(({ path }) => path);
  ctx.log('message.unreadable', { no_refund: no_refund?.slice(0, MAX_NUMBER), fields });
  throw new InvalidRequest(faults);
}

/** The record of a refund that was made elsewhere, in LianLian's dashboard for example. */
function externalRecord(ctx: NotifyContext, message: VerifiedMessage): Refund {
  const now = ctx.clock.nowMs();
  const receivedAt = new Date(now).toISOString();
  const status = statusIn(message);
  return {
    no_refund: message.no_refund,
    kind: 'external',
    version: 1,
    oid_partner: ctx.rules.oidPartner,
    ...identityIn(message),
    ...evidenceIn(message, 'notification', now),
    created_at: receivedAt,
    updated_at: receivedAt,
    day_shard: dayShardOf(message.no_refund, now),
    ...(status
      ? { status, sta_refund: message.sta_refund, ...codeOf(message), ...resultIn(message) }
      : { status: 'REQUESTED', ...claimsIn(message) }),
    // Also without the date, by which the gateway is queried: each check then says that it can't be.
    ...checks(ctx, message, now, status),
  };
}

function checks(
  ctx: NotifyContext,
  message: VerifiedMessage,
  now: number,
  status: Status | undefined,
): Checks {
  const { firstCheckMs } = ctx.rules;
  return status
    ? checksAfter(status, message.no_refund, now, firstCheckMs)
    : checkNow(message.no_refund, now, firstCheckMs);
}
