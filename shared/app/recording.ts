import { RefundError } from '../domain/errors.ts';
import { decisiveFields, type Statement } from '../domain/statement.ts';
import type { Context } from './ports.ts';

/** Between two tries of a write, milliseconds: the SDK has repeated each by itself already. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** How long one message may hold up what is behind it, milliseconds. */
const MAX_REPEATING_MS = 15_000;

/** Kept back for telling that it was in vain, milliseconds. */
const TELLING_MS = 100;

/** A verified message at work: what would be lost with it. */
export interface Message {
  said: Statement;
  /** What contradicts the record, once that is known: the message, or what an earlier one claimed. */
  contradiction?: Statement;
}

/**
 * Has a verified message take effect: the work is repeated while there is time. Where it fails in the end, the log has
 * the message's decisive fields and counts it, since the gateway may never say it again.
 *
 * @param work writes that may be repeated as a whole
 * @throws what the last try threw
 */
export async function recordMessage<T>(ctx: Context, message: Message, work: () => Promise<T>): Promise<T> {
  try {
    return await repeatWhileTime(ctx, work);
  } catch (error) {
    const { said, contradiction } = message;
    ctx.log.error('a verified message could not be recorded: compare the record with what it says', {
      no_refund: said.no_refund,
      message: decisiveFields(said),
      contradiction: contradiction && decisiveFields(contradiction),
      error: String((error as Error).cause ?? error),
      metrics: { UnrecordedMessages: 1, Failures: 1, ...(contradiction && { Conflicts: 1 }) },
    });
    throw error;
  }
}

async function repeatWhileTime<T>({ clock, wait, deadlineMs }: Context, work: () => Promise<T>): Promise<T> {
  const untilMs = Math.min(deadlineMs - TELLING_MS, clock.nowMs() + MAX_REPEATING_MS);
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
