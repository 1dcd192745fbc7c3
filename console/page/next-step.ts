import type { Refund } from '../../client/types.ts';
import type { ExplainedEntry, Proof } from '../protocol.ts';
import type { Texts } from './texts/en.ts';

/** What the service or the gateway does next, without anybody's doing. */
export interface NextStep {
  says: (keyof Texts)[];
  /** When the service looks at it at the latest, ISO 8601. */
  at?: string;
  /** Somebody has to do something: the service's own words. */
  toDo?: string;
  /** Of a rejected refund: the gateway's return code, and what it means. */
  rejection?: { code: string; reason: string };
}

/** What will happen to a refund (docs/protocol.md). */
export function nextStepOf(refund: Refund, entries: readonly ExplainedEntry[] = [], proof?: Proof): NextStep {
  const { next_check_at, needs_attention, what_to_do } = refund;
  const toDo = needs_attention && what_to_do;
  const rejection = rejectionOf(refund);
  const paidAfterRejection = entries.some(({ code }) => code === 'refund.paid_after_rejection');
  return {
    says: [
      ...(toDo ? [] : saysOf(refund, entries, proof)),
      ...(needs_attention === 'conflict' ? (['nextConflict'] as const) : []),
      ...(paidAfterRejection ? (['paidAfterRejection'] as const) : []),
    ],
    ...(next_check_at && { at: next_check_at }),
    ...(toDo && { toDo }),
    ...(rejection && { rejection }),
  };
}

function saysOf(refund: Refund, entries: readonly ExplainedEntry[], proof?: Proof): (keyof Texts)[] {
  const { status, kind } = refund;
  const lastHold = entries.findLast(({ code }) => /^record\.hold_ended|^record\.held/.test(code));
  if (lastHold?.code === 'record.held') return ['nextHeld'];
  if (kind === 'external' && status === 'REQUESTED') return ['nextExternal'];
  if (!isFinal(refund)) return SAYS[status]?.(refund) ?? [];
  // What is said of money rests on signatures.
  if (!proof) return [...SAYS[status](refund), 'nextUnchecked'];
  if (proof.faults.length > 0) return ['nextUnproven'];
  if (proof.isSettling) return ['storyLate'];
  return proof.status === status ? SAYS[status](refund) : ['nextUnproven'];
}

/** The caller's own `reason` keeps its name; only then the rejection has another one. */
function rejectionOf({ status, ret_code, rejection_reason, reason }: Refund): NextStep['rejection'] {
  if (status !== 'REJECTED' || !ret_code) return undefined;
  return { code: ret_code, reason: rejection_reason ?? reason ?? '' };
}

const working = ({ kind }: Refund): (keyof Texts)[] =>
  kind === 'exchange-refund' ? ['nextWorking', 'nextExchange'] : ['nextWorking'];

const SAYS: Record<Refund['status'], (refund: Refund) => (keyof Texts)[]> = {
  REQUESTED: ({ next_check_at }) => [next_check_at ? 'nextRequested' : 'nextUnderWay', 'nextCaller'],
  INITIALIZED: working,
  PROCESSING: working,
  REJECTED: ({ next_check_at }) => [
    'nextRejected',
    'nextRejectedQuery',
    ...(next_check_at ? (['nextRejectedCheck'] as const) : []),
  ],
  SUCCEEDED: () => ['nextSucceeded'],
  FAILED: () => ['nextFailed'],
};

/** Whether the refund has come to its end. */
export const isFinal = ({ status }: Refund): boolean => status === 'SUCCEEDED' || status === 'FAILED';

/** Whether nothing more happens by itself. */
export const isOver = (refund: Refund): boolean =>
  isFinal(refund) || (refund.status === 'REJECTED' && !refund.next_check_at);
