/** One fault of a request: where it is (a field's name, or `` for the whole) and what to do about it. */
export interface Issue {
  path: string;
  message: string;
}

/**
 * An outcome that a caller can act on by its `name` (a state machine's `Retry` and `Catch`, an HTTP client's
 * switch). Messages are one line of plain text and hold nothing secret; `details` go into the HTTP answer.
 */
export abstract class RefundError extends Error {
  readonly details: object;

  constructor(message: string, details: object = {}, options?: ErrorOptions) {
    super(oneLine(message), options);
    // Each class states its name as a text of its own: minifying renames classes.
    this.name = new.target.name;
    this.details = details;
  }
}

export class InvalidRequest extends RefundError {
  static override readonly name = 'InvalidRequest';

  constructor(issues: Issue[]) {
    super(issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '), { issues });
  }
}

export class NotAuthentic extends RefundError {
  static override readonly name = 'NotAuthentic';
}

export class RefundNotFound extends RefundError {
  static override readonly name = 'RefundNotFound';

  constructor(noRefund: string) {
    super(`There is no refund ${noRefund}. Check the number, or apply for the refund first.`);
  }
}

export class RefundConflict extends RefundError {
  static override readonly name = 'RefundConflict';

  /** `issues`: each field that differs from the recorded refund, whose `status` and `kind` are told. */
  constructor(noRefund: string, recorded: { issues: Issue[]; status: string; kind: string }) {
    const { issues, status, kind } = recorded;
    super(
      `The number ${noRefund} belongs to a recorded refund (${kind}, ${status}) that differs in ` +
        `${issues.map(({ path }) => path).join(', ')}. This call has recorded nothing and sent nothing. ` +
        'To repeat that refund, send the recorded values or leave these fields out. ' +
        'The same refund under another number would be a second payment.',
      recorded,
    );
  }
}

export class PayloadTooLarge extends RefundError {
  static override readonly name = 'PayloadTooLarge';

  constructor(limitBytes: number) {
    super(`The body is larger than ${limitBytes} bytes. Send the documented fields only.`);
  }
}

export class RefundRejected extends RefundError {
  static override readonly name = 'RefundRejected';

  constructor(noRefund: string, details: { ret_code: string; ret_msg: string; reason: string }) {
    super(
      `The gateway rejected refund ${noRefund} with ${details.ret_code}, ${details.reason} (${details.ret_msg}). ` +
        'Once the cause is gone, apply again with the same no_refund, unchanged.',
      details,
    );
  }
}

/** Keys or the table are out of reach. Whoever throws it knows that this call has recorded nothing and sent nothing. */
export class ServiceUnavailable extends RefundError {
  static override readonly name = 'ServiceUnavailable';
}

/** A write was sent to the table, and whether it took effect isn't known. This call has sent nothing to the gateway. */
export class OutcomeUnknown extends RefundError {
  static override readonly name = 'OutcomeUnknown';
}

export class InternalError extends RefundError {
  static override readonly name = 'InternalError';

  constructor() {
    super(
      'Something unforeseen happened. The log has the details; apply again, unchanged, or query the refund.',
    );
  }
}

/** A message must stay one line without JSON in it, whatever text of others is quoted in it. */
function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Z}{}[\]"\\]+/gu, ' ').trim();
}
