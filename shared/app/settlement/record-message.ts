import { RefundError } from '../../domain/errors.ts';
import { decisiveFields, type VerifiedMessage } from '../../domain/verified-message.ts';
import type { Context } from '../ports/context.ts';

/** Between two tries of a write, milliseconds: the SDK has repeated each by itself already. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** How long one message may hold up what is behind it, milliseconds. */
const MAX_REPEATING_MS = 15_000;

/** Kept back for logging that it was in vain, milliseconds. */
const LOGGING_MS = 100;

/** A verified message while it is being recorded: what would be lost with it. */
export interface Unrecorded {
  message: VerifiedMessage;
  /** What contradicts the record, once that is known: the message, or what an earlier one claimed. */
  conflict?: VerifiedMessage;
}

/**
 * Records a verified message: the writes are repeated while there is time. Where they fail in the end, the log has the
 * message's decisive fields and counts it, since the gateway may never say it again.
 *
 * @param record writes that may be repeated as a whole
 * @throws what the last try threw
 */
export async function recordMessage<T>(
  ctx: Context,
  { message, ...rest }: Unrecorded,
  record: (unrecorded: Unrecorded) => Promise<T>,
): Promise<T> {
  const unrecorded: Unrecorded = { message, ...rest };
  try {
    return await repeatWhileTime(ctx, () => record(unrecorded));
  } catch (error) {
    const { conflict } = unrecorded;
    ctx.log(conflict ? 'message.conflict_unrecorded' : 'message.unrecorded', {
      no_refund: message.no_refund,
      message: decisiveFields(message),
      conflict: conflict && decisiveFields(conflict),
      error: String((error as Error).cause ?? error),
    });
    throw error;
  }
}

async function repeatWhileTime<T>({ clock, wait, deadlineMs }: Context, work: () => Promise<T>): Promise<T> {
  const untilMs = Math.min(deadlineMs - LOGGING_MS, clock.nowMs() + MAX_REPEATING_MS);
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      // Anything else than a table out of reach is a fault of ours, which no repetition mends.
      if (!(error instanceof RefundError) || clock.nowMs() + pauseMs >= untilMs) throw error;
      await wait(pauseMs);
    }
  }
}
