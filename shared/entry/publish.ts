import type { Dependencies, PublishContext } from '../app/ports/context.ts';
import type { DeadLetter } from '../app/ports/publishing.ts';
import { publishChanges, replayDeadLetters } from '../app/publish.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { jsonAnswer } from './http-event.ts';
import { type Batch, type BatchResponse, batchResponse, changesIn, type RecordIn } from './stream-event.ts';

/** What is read of a batch of dead letters from their queue. */
interface Letter {
  messageId?: string;
  body?: string;
}

/** What `publish-refund-events` is started with, once per container. */
export interface PublishDependencies extends Dependencies<PublishContext> {
  recordIn: RecordIn;
}

/** The handler of `publish-refund-events`: a batch of changes or of dead letters in, what failed out. */
export function publishHandler({ contextFor, logFor, recordIn }: PublishDependencies): Handler {
  return adaptHandler<Batch<Letter>, BatchResponse>(
    {
      logFor,
      fromDirect: (event) => event as Batch<Letter>,
      http: { read: () => ({}), answer: (response) => jsonAnswer(200, response) },
    },
    async (batch, invocation) => {
      const ctx = contextFor(invocation);
      const { letters, unreadable } = lettersIn(batch);
      for (const message_id of unreadable) {
        ctx.log('dead_letter.foreign', { message_id });
      }
      const failed = [
        ...(await publishChanges(ctx, changesIn(batch, recordIn))),
        ...(await replayDeadLetters(ctx, letters)),
        ...unreadable,
      ];
      return batchResponse(failed);
    },
  );
}

interface Letters {
  letters: { id: string; letter: DeadLetter }[];
  /** The ids of messages that somebody else has put there: a replay would take them for published. */
  unreadable: string[];
}

function lettersIn({ Records = [] }: Batch<Letter>): Letters {
  const found: Letters = { letters: [], unreadable: [] };
  for (const { messageId: id, body } of Records) {
    if (id === undefined) continue;
    const letter = letterIn(body);
    if (letter) found.letters.push({ id, letter });
    else found.unreadable.push(id);
  }
  return found;
}

function letterIn(body = ''): DeadLetter | undefined {
  try {
    const letter = JSON.parse(body) as Partial<DeadLetter> | null;
    return isDeadLetter(letter) ? letter : undefined;
  } catch {
    return undefined;
  }
}

function isDeadLetter(letter: Partial<DeadLetter> | null): letter is DeadLetter {
  const { refund, event, isWaitedFor } = letter ?? {};
  return (
    typeof refund?.no_refund === 'string' &&
    typeof isWaitedFor === 'boolean' &&
    (event === undefined || typeof event?.event_id === 'string')
  );
}
