import { errorIn } from './errors.ts';
import type { Answer } from './repeat.ts';
import type { FinalStatus, Issue, Refund, RefundKind, RefundStatus } from './types.ts';

/** What became of an application. */
export type Outcome =
  /** The refund has come to its end. */
  | { outcome: 'final'; refund: Refund & { status: FinalStatus } }
  /** Recorded: the service carries it to its end by itself. */
  | { outcome: 'open'; refund: Refund }
  /** The number belongs to another refund. Nothing was sent. The same refund under another number is a second payment. */
  | { outcome: 'conflict'; message: string; issues: Issue[]; status: RefundStatus; kind: RefundKind }
  /** The gateway rejected it. Once the cause is gone, apply again with the same number, unchanged. */
  | { outcome: 'rejected'; message: string; ret_code: string; ret_msg: string; reason: string };

type Conflict = Extract<Outcome, { outcome: 'conflict' }>;
type Rejection = Extract<Outcome, { outcome: 'rejected' }>;

/**
 * What an answer to an application says.
 *
 * @throws RefundServiceError for any other answer
 */
export function outcomeIn({ status, body }: Answer): Outcome {
  const refund = body as Refund;
  if (status === 200) return { outcome: 'final', refund: refund as Refund & { status: FinalStatus } };
  if (status === 202) return { outcome: 'open', refund };
  const { name, ...facts } = (body as { error?: { name: string } } | null)?.error ?? { name: '' };
  if (name === 'RefundConflict') return { outcome: 'conflict', ...(facts as Omit<Conflict, 'outcome'>) };
  if (name === 'RefundRejected') return { outcome: 'rejected', ...(facts as Omit<Rejection, 'outcome'>) };
  throw errorIn(status, body);
}
