import type { Fields, Status } from './message-format.ts';

/** One change of a refund's status, some time after the step before. */
export interface Step {
  readonly status: Status;
  /** Whether the ledger records the status; otherwise only a notification claims it. */
  readonly booked: boolean;
  readonly notified: boolean;
}

/** The signature of a 0000 answer: with the gateway's key, with an untrusted key, with the unsupported MD5, or none. */
export type SignatureKind = 'gateway' | 'untrusted' | 'md5' | 'none';

export type Answer =
  | {
      readonly kind: 'accepted';
      readonly changes?: (fields: Fields) => Fields;
      readonly signature?: SignatureKind;
      readonly httpStatus?: number;
      readonly slow?: true;
    }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'html' | 'half' | 'drop' | 'silence' | 'lost' | 'delayed' };

/** What the gateway does with one request. */
export interface Scenario {
  /** Whether the refund is booked and paid. */
  readonly booked: boolean;
  /** The status at booking, which a normal answer reports. */
  readonly status: Status;
  readonly steps: readonly Step[];
  readonly answer: Answer;
  /** The steps run, without waiting, before the answer is sent. */
  readonly early?: true;
  /** How many times each notification is sent although it was acknowledged; 1 by default. */
  readonly copies?: number;
  readonly bareNumbers?: boolean;
  readonly notificationChanges?: (fields: Fields) => Fields;
}
