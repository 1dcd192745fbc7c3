import { RefundServiceError } from '../client/index.ts';
import type { Failure } from './protocol.ts';

/** Nothing is at that path. */
export class NotThere extends Error {
  override readonly name = 'NotFound';
  override readonly message = 'The console has nothing there. Open /console.';
}

/** The request doesn't come from the console's own page. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** The browser hasn't the key. */
export class NoAccess extends Error {
  override readonly name = 'NoAccess';
  override readonly message =
    'Open the link that the command has printed. It works once: for another browser, or where somebody else has used it, end the console and start it again.';
}

/** The page's own request can't be used. */
export class Unreadable extends Error {
  override readonly name = 'InvalidRequest';
}

/** HTTP, and what the page shows of an error. */
export function failureOf(error: unknown): Failure & { status: number } {
  const { name, message } = error as Error;
  if (error instanceof NotThere) return { status: 404, error: { name, message } };
  if (error instanceof Refused) return { status: 403, error: { name, message } };
  if (error instanceof NoAccess) return { status: 401, error: { name, message } };
  if (error instanceof Unreadable || error instanceof TypeError)
    return { status: 400, error: { name: 'InvalidRequest', message } };
  if (error instanceof RefundServiceError) {
    const issues = error.issues.length > 0 ? { issues: [...error.issues] } : {};
    // Where no answer came, the console stands between: a bad gateway, in the words of HTTP.
    return { status: error.status || 502, error: { name, message, ...issues } };
  }
  // AWS's credentials, for example: the operator can tell by the text.
  return { status: 502, error: { name, message } };
}
