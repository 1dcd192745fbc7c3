import type { Attention, Problem } from '../../domain/problem.ts';
import { WHAT_TO_DO } from '../../domain/refund-view.ts';
import type { StoryEntry } from '../../domain/story.ts';
import { MAX_RESENDABLE_WAIT_MS } from '../schedule.ts';
import { type Change, changesOnly, isChanged } from './change.ts';
import { entry, timeOf } from './entry.ts';
import type { StoryCode } from './sentences.ts';

/** A check that begins, or the last one. */
export function checkEntries(change: Change): StoryEntry[] {
  const { before, after, at } = change;
  if (!changesOnly(change, ['shard', 'next_check_at', 'check_wait'])) return [];
  const { next_check_at, check_wait = 0 } = after;
  if (next_check_at === undefined) return [entry('check.ended', at)];
  // One that meets a running lease is only put off: its wait is again what it was before. Only the longest wait of a
  // refund that may be sent again follows a longer one, too.
  const isShorter = check_wait < (before.check_wait ?? 0) && check_wait !== MAX_RESENDABLE_WAIT_MS;
  const isBegun = next_check_at > (before.next_check_at ?? 0) && !isShorter;
  const facts = { next_check_at: timeOf(next_check_at) };
  return isBegun ? [entry('check.begun', timeOf(next_check_at - check_wait), facts)] : [];
}

const IN_DOUBT: Record<Problem['doing'], StoryCode> = {
  applying: 'attempt.in_doubt',
  querying: 'query.in_doubt',
};

/** An exchange that proved nothing. */
export function problemEntries(change: Change): StoryEntry[] {
  const { last_problem } = change.after;
  if (!last_problem || !isChanged(change, 'last_problem')) return [];
  const { code, at, doing, ...facts } = last_problem;
  return [entry((code as StoryCode | undefined) ?? IN_DOUBT[doing], at, facts)];
}

const ATTENTION: Record<Exclude<Attention, 'conflict'>, StoryCode> = {
  denied: 'query.denies_message',
  too_old_to_resend: 'attempt.too_old_to_resend',
  duplicate_not_found: 'attempt.duplicate_not_found',
};

/** From now on somebody must help. */
export function attentionEntries(change: Change): StoryEntry[] {
  const { attention, status, last_problem } = change.after;
  if (!attention || !isChanged(change, 'attention')) return [];
  // As it is logged: of an attempt in doubt (attempt/resolve.ts), or of a status (reconciliation/check.ts).
  const isStatusDenied = attention === 'denied' && status !== 'REQUESTED';
  const code = isStatusDenied ? 'query.denies_status' : ATTENTION[attention];
  const facts = { status, needs_attention: attention, what_to_do: WHAT_TO_DO[attention] };
  const at = isChanged(change, 'last_problem') ? last_problem?.at : undefined;
  return [entry(code, at ?? change.at, facts)];
}
