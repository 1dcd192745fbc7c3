import { InvalidRequest } from '../domain/errors.ts';
import type { Status } from '../domain/life-cycle.ts';
import type { Refund } from '../domain/refund.ts';
import { type Statement, statusSaidBy } from '../domain/statement.ts';
import type { Changes, NotifyContext } from './ports.ts';
import { recordMessage } from './recording.ts';
import { checkNow, checksAfter } from './schedule.ts';
import { codeOf, identityIn, settle, toldBy, unsettledBy } from './settle.ts';

/** Of a number that is told of although it may be malformed. */
const MAX_NUMBER = 32;

/**
 * Takes in a notification: once this returns, what it said is durable and the gateway may be told so, also
 * where it was repeated, late, contradictory or about a refund that was made elsewhere.
 *
 * @throws NotAuthentic, InvalidRequest; ServiceUnavailable where the table or the gateway's keys are out of reach
 */
export async function receiveNotification(ctx: NotifyContext, text: string): Promise<void> {
  const said = await read(ctx, text);
  const settlement = await settle(ctx, said);
  if (settlement.outcome !== 'unknown') return;
  const created = await recordMessage(ctx, { said }, () => ctx.store.create(externalRecord(ctx, said)));
  if (created.written) {
    ctx.log.warn('a notification of a refund that was not applied for here', {
      no_refund: said.no_refund,
      status: created.refund.status,
    });
    return;
  }
  // A record of that number appeared in between: the message is about it.
  await settle(ctx, said);
}

async function read(ctx: NotifyContext, text: string): Promise<Statement> {
  const message = await ctx.inbox.open(text);
  if (message.type === 'statement') return message.said;
  const { no_refund, faults } = message;
  ctx.log.error(
    "the gateway signed a message whose fields don't have their documented form: it is not believed",
    {
      no_refund: no_refund?.slice(0, MAX_NUMBER),
      fields: faults.map(({ path }) => path),
      metrics: { UnreadableMessages: 1 },
    },
  );
  throw new InvalidRequest(faults);
}

function externalRecord(ctx: NotifyContext, said: Statement): Refund {
  const now = ctx.clock.nowMs();
  const receivedAt = new Date(now).toISOString();
  const status = statusSaidBy(said);
  return {
    no_refund: said.no_refund,
    kind: 'external',
    version: 1,
    oid_partner: ctx.rules.oidPartner,
    ...identityIn(said),
    created_at: receivedAt,
    updated_at: receivedAt,
    ...(status
      ? {
          status,
          sta_refund: said.sta_refund,
          ...codeOf(said),
          ...toldBy(said),
        }
      : { status: 'REQUESTED', ...unsettledBy(said) }),
    // Also without the date, by which the gateway is asked: each check then says that it can't be.
    ...checks(ctx, said, now, status),
  };
}

function checks(ctx: NotifyContext, said: Statement, now: number, status: Status | undefined): Changes {
  const { firstCheckMs } = ctx.rules;
  return status
    ? checksAfter(status, said.no_refund, now, firstCheckMs)
    : checkNow(said.no_refund, now, firstCheckMs);
}
