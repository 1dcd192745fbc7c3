import type { DecisionCode } from '../app/decisions.ts';
import type { Log } from '../app/ports/context.ts';
import { InternalError, RefundError } from '../domain/errors.ts';

const STATUS_CODES: Record<string, number> = {
  InvalidRequest: 400,
  NotAuthentic: 401,
  RefundNotFound: 404,
  RefundConflict: 409,
  PayloadTooLarge: 413,
  RefundRejected: 422,
  ServiceUnavailable: 503,
  OutcomeUnknown: 504,
};

/** The decision that an error of a known name is logged as; any other is `request.refused`. */
const DECISIONS: Record<string, DecisionCode> = {
  NotAuthentic: 'request.forged',
  ServiceUnavailable: 'request.unavailable',
  OutcomeUnknown: 'request.unavailable',
};

/** The HTTP status of an outcome that is an error. */
export function statusCodeOf(error: RefundError): number {
  return STATUS_CODES[error.name] ?? 500;
}

/** The body that tells a caller of an error. */
export function errorBody({ name, message, details }: RefundError): object {
  return { error: { name, message, ...details } };
}

/** The error that a caller may see. What nobody foresaw goes to the log, and not outside. */
export function publicError(error: unknown, log: Log): RefundError {
  if (error instanceof RefundError) {
    const cause = error.cause instanceof Error ? error.cause.message : undefined;
    log(DECISIONS[error.name] ?? 'request.refused', { error: error.name, message: error.message, cause });
    return error;
  }
  log('request.unforeseen', { error: error instanceof Error ? error.stack : String(error) });
  return new InternalError();
}
