import type { GatewayBooks } from '../../cli/sandbox-control.ts';
import type { RefundStatus } from '../../client/types.ts';
import type { ExplainedEntry } from '../protocol.ts';
import type { Band, Lane, Moment, Tone } from './timeline-layout.ts';

/** What the gateway said. All else is the service's own doing, or its finding that nothing was said. */
const BY_GATEWAY =
  /^(refund\.(initialized|processing|succeeded|failed|rejected|paid_after_rejection|external)|message\.|attempt\.(accepted|rejected|duplicate)|query\.(found|not_found|denies))/;

const TONES: [RegExp, Tone][] = [
  [/^refund\.succeeded/, 'good'],
  [/^(refund\.(failed|rejected)|attempt\.rejected)/, 'bad'],
  [/conflict|denies|in_doubt|not_found|not_sent|too_old|record\.|paid_after/, 'doubt'],
  [/^refund\.(initialized|processing)/, 'working'],
];

export function laneOf(code: string): Lane {
  return BY_GATEWAY.test(code) ? 'gateway' : 'service';
}

export function toneOf(code: string): Tone {
  return TONES.find(([pattern]) => pattern.test(code))?.[1] ?? 'plain';
}

/** The entries of a story as moments, numbered from 1. What was changed by hand may have no time, and no place then. */
export function momentsOf(entries: readonly ExplainedEntry[]): Moment[] {
  return entries
    .map(({ at, code, text }, index) => ({
      atMs: Date.parse(at),
      lane: laneOf(code),
      label: String(index + 1),
      tone: toneOf(code),
      title: text,
    }))
    .filter(({ atMs }) => !Number.isNaN(atMs));
}

/** What happened at the gateway, with a letter each. */
export function booksMoments(events: GatewayBooks['events']): Moment[] {
  return events.map(({ at, text }, index) => ({
    atMs: Date.parse(at),
    lane: 'books',
    label: letter(index),
    tone: 'plain',
    title: text,
  }));
}

/** a to z, then aa, ab … */
export function letter(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}

/** The statuses one after the other. */
export function bandsOf(entries: readonly ExplainedEntry[], untilMs: number): Band[] {
  // Clocks of functions may differ: a status begins when the one before it had begun, at the earliest.
  let beganMs = Number.NEGATIVE_INFINITY;
  const changes = changesOf(entries).map(({ atMs, status }) => {
    beganMs = Math.max(beganMs, atMs);
    return { atMs: beganMs, status };
  });
  return changes.map(({ atMs, status }, index) => ({
    fromMs: atMs,
    toMs: changes[index + 1]?.atMs ?? Math.max(untilMs, atMs),
    status,
  }));
}

/** The changes of status that a story tells. */
export function changesOf(entries: readonly ExplainedEntry[]): { atMs: number; status: RefundStatus }[] {
  return entries
    .filter(({ code, status }) => status && /^(refund\.|record\.restored)/.test(code))
    .map(({ at, status }) => ({ atMs: Date.parse(at), status: status as RefundStatus }))
    .filter(({ atMs }) => !Number.isNaN(atMs))
    .filter(({ status }, index, all) => index === 0 || all[index - 1]?.status !== status);
}
