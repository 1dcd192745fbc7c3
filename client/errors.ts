import type { Issue, Refund, ServiceErrorName } from './types.ts';

/**
 * `ApiGatewayError`: API Gateway's own answer, such as the 403 of a request that isn't allowed. `NoAnswer`: the
 * connection broke, or no answer came in time.
 */
export type ErrorName = ServiceErrorName | 'ApiGatewayError' | 'NoAnswer';

interface Facts {
  name: ErrorName;
  message: string;
  /** HTTP; 0 where no answer came. */
  status: number;
  issues?: Issue[];
}

/** An answer that is an error, after every repetition that is safe. */
export class RefundServiceError extends Error {
  override readonly name: ErrorName;
  /** HTTP; 0 where no answer came. */
  readonly status: number;
  /** Every fault of the request, where the service tells them. */
  readonly issues: readonly Issue[];

  constructor({ name, message, status, issues = [] }: Facts, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
    this.status = status;
    this.issues = issues;
  }
}

/** The refund hasn't come to its end in time. It goes on: nothing needs to be repeated. */
export class RefundWaitTimeout extends Error {
  override readonly name = 'RefundWaitTimeout';
  /** As it was last read. */
  readonly refund: Refund | undefined;

  constructor(noRefund: string, timeoutMs: number, refund: Refund | undefined) {
    super(`The refund ${noRefund} is ${refund?.status ?? 'not read'} after ${timeoutMs} ms, and goes on.`);
    this.refund = refund;
  }
}

/** The error that an answer is. */
export function errorIn(status: number, body: unknown): RefundServiceError {
  const { error, message } = (body ?? {}) as { error?: Omit<Facts, 'status'>; message?: unknown };
  if (error?.name) return new RefundServiceError({ ...error, status });
  const text = `API Gateway answered ${status}: ${String(message ?? 'no reason given')}`;
  return new RefundServiceError({ name: 'ApiGatewayError', message: text, status });
}
