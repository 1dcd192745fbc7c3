import type { RefundServiceError } from '../../client/index.ts';
import type { SandboxControlError } from '../sandbox-control.ts';

/** How the commands end, for scripts; the help and docs/api.md say it too. */
export const EXIT = {
  done: 0,
  /** The refund failed, was rejected, or the number is another refund's; or a notification was not acknowledged. */
  unpaid: 1,
  unusable: 2,
  notFound: 3,
  /** An error of the service, or no answer: the same command may be given again. */
  unanswered: 4,
  notOver: 5,
} as const;

/** The command can't be carried out as it stands. */
export class Unusable extends Error {}

/** @returns the status for an error of the service */
export function exitOf({ name }: RefundServiceError): number {
  if (name === 'RefundNotFound') return EXIT.notFound;
  return name === 'InvalidRequest' || name === 'PayloadTooLarge' ? EXIT.unusable : EXIT.unanswered;
}

/** @returns the status for an error of the sandbox's gateway */
export function exitOfControl({ status }: SandboxControlError): number {
  if (status === 404) return EXIT.notFound;
  return status >= 400 && status < 500 ? EXIT.unusable : EXIT.unanswered;
}
