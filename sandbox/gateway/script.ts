import type { Fields, Status } from './wire.ts';

/** What happens to a refund some time after the step before. */
export interface Step {
  readonly status: Status;
  /** Whether the books take the status over; otherwise it is only claimed. */
  readonly booked: boolean;
  readonly notified: boolean;
}

/** Whose word a 0000 answer is: the gateway's, a forger's, nobody's, or one with the unsupported MD5. */
export type Seal = 'gateway' | 'forger' | 'none' | 'md5';

export type Answer =
  | {
      readonly kind: 'accepted';
      readonly changes?: (fields: Fields) => Fields;
      readonly seal?: Seal;
      readonly httpStatus?: number;
      readonly slow?: true;
    }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'html' | 'half' | 'drop' | 'silence' };

/** What the gateway does with one request. */
export interface Script {
  /** Whether the refund is booked and paid. */
  readonly books: boolean;
  /** The status at booking, which is what a normal answer tells. */
  readonly status: Status;
  readonly course: readonly Step[];
  readonly answer: Answer;
  /** The course runs, without waiting, before the answer is given. */
  readonly early?: true;
  /** How many times each notification is sent although it was acknowledged; 1 by default. */
  readonly copies?: number;
  readonly bareNumbers?: boolean;
  readonly notificationChanges?: (fields: Fields) => Fields;
}
