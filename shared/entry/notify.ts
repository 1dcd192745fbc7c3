import { receiveNotification } from '../app/notify.ts';
import type { Dependencies, NotifyContext } from '../app/ports/context.ts';
import { NotAuthentic, OutcomeUnknown, ServiceUnavailable } from '../domain/errors.ts';
import { statusCodeOf } from './error-answers.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { bodyOf, type HttpEvent, jsonAnswer, sourceIpOf, textOf } from './http-event.ts';

/** What `notify-callback` is started with, once per container. */
export interface NotifyDependencies extends Dependencies<NotifyContext> {
  /** Whether notifications may come from an address. */
  isAllowedSource(address: string): boolean;
}

/** The gateway waits 5 seconds, the way there and back included. Milliseconds. */
const DECIDING_MS = 3_800;

/** Of that: reserved for logging a message that couldn't be recorded, milliseconds. */
const TELLING_MS = 200;

const TRY_AGAIN = 'The message could not be recorded in time. Send it again.';

/** The reply that ends the gateway's repetitions of a notification. */
export const ACKNOWLEDGED = { ret_code: '0000', ret_msg: 'ok' };

/** The reply that has the gateway send a notification again: any code but 0000 does. */
export function notAcknowledged(name: string): typeof ACKNOWLEDGED {
  return { ret_code: '9999', ret_msg: name };
}

/** The handler of `notify-callback`: a notification in, the reply that the gateway expects out. */
export function notifyHandler({ contextFor, logFor, isAllowedSource }: NotifyDependencies): Handler {
  return adaptHandler<string, typeof ACKNOWLEDGED>(
    {
      logFor,
      fromDirect: textOf,
      http: {
        read: (event) => allowedBodyOf(event, isAllowedSource),
        answer: (reply) => jsonAnswer(200, reply),
        error: (error) => jsonAnswer(statusCodeOf(error), notAcknowledged(error.name)),
      },
    },
    async (text, invocation) => {
      const deadlineMs = Math.min(invocation.deadlineMs, Date.now() + DECIDING_MS);
      const work = receiveNotification(
        contextFor({ ...invocation, deadlineMs: deadlineMs - TELLING_MS }),
        text,
      );
      await before(deadlineMs, work);
      return ACKNOWLEDGED;
    },
  );
}

function allowedBodyOf(event: HttpEvent, isAllowedSource: (address: string) => boolean): string {
  if (!isAllowedSource(sourceIpOf(event))) {
    throw new NotAuthentic(
      'Notifications are not taken from this address. NOTIFY_ALLOWED_IPS has those that are.',
    );
  }
  return bodyOf(event);
}

/**
 * Work that is cut off may still end later, in the next invocation: that is safe, since recording a message twice
 * changes nothing.
 */
async function before(deadlineMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const cutOff = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ServiceUnavailable(TRY_AGAIN)), deadlineMs - Date.now());
  });
  try {
    await Promise.race([work, cutOff]);
  } catch (error) {
    // The gateway sends the message again, whether or not the write took effect.
    if (!(error instanceof OutcomeUnknown)) throw error;
    throw new ServiceUnavailable(TRY_AGAIN, {}, { cause: error.cause });
  } finally {
    clearTimeout(timer);
  }
}
