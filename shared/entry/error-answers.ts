import type { Facts, Log } from '../app/ports.ts';
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

const METRICS: Record<string, Facts['metrics']> = {
  NotAuthentic: { ForgedNotifications: 1 },
  ServiceUnavailable: { Failures: 1 },
  OutcomeUnknown: { Failures: 1 },
  InternalError: { Failures: 1 },
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
    log.warn('answered with an error', {
      error: error.name,
      message: error.message,
      cause,
      metrics: METRICS[error.name],
    });
    return error;
  }
  log.error('something unforeseen', {
    error: error instanceof Error ? error.stack : String(error),
    metrics: METRICS.InternalError,
  });
  return new InternalError();
}
