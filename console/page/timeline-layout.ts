import type { RefundStatus } from '../../client/types.ts';

export type Lane = 'service' | 'gateway' | 'books';

export type Tone = 'plain' | 'good' | 'bad' | 'doubt' | 'working';

/** Something that happened, or will. */
export interface Moment {
  atMs: number;
  lane: Lane;
  /** What stands in its mark. */
  label: string;
  tone: Tone;
  title: string;
}

/** A moment in its place. Marks that would cover each other stand on different levels: 0 is next to the axis. */
export interface Mark extends Moment {
  x: number;
  level: number;
  /** How many moments have no place of their own beside it. */
  more: number;
}

/** A time within which the status was the same. */
export interface Band {
  fromMs: number;
  toMs: number;
  status: RefundStatus;
}

export interface Span {
  fromMs: number;
  toMs: number;
}

/** Where a moment stands on the axis, in pixels. */
export type Scale = (ms: number) => number;

const SIDE = 14;
/** Marks are circles of this size, with a gap. */
const MARK = 22;
/** What has no room on these levels is counted. */
const LEVELS = 6;

/** To scale: the same time has the same length everywhere. */
export function scaleOf({ fromMs, toMs }: Span, width: number): Scale {
  const perMs = (width - 2 * SIDE) / Math.max(1, toMs - fromMs);
  return (ms) => SIDE + (ms - fromMs) * perMs;
}

/** Places the moments of a span, each on the lowest level of its lane that is free there. */
export function placed(moments: readonly Moment[], span: Span, scale: Scale): Mark[] {
  const marks: Mark[] = [];
  const within = moments.filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs);
  for (const moment of within.sort((a, b) => a.atMs - b.atMs)) {
    const x = scale(moment.atMs);
    const near = marks.filter((mark) => mark.lane === moment.lane && x - mark.x < MARK);
    const level = LEVELS_IN_ORDER.find((free) => near.every((mark) => mark.level !== free));
    if (level !== undefined) marks.push({ ...moment, x, level, more: 0 });
    else
      near.forEach((mark) => {
        if (mark.level === LEVELS - 1) mark.more += 1;
      });
  }
  return marks;
}

const LEVELS_IN_ORDER = Array.from({ length: LEVELS }, (_, level) => level);

/** How many levels a lane has. */
export const levelsOf = (marks: readonly Mark[], lane: Lane): number =>
  Math.max(0, ...marks.filter((mark) => mark.lane === lane).map(({ level }) => level + 1));

/** A gap is a wait where it takes at least this share of the span. */
const WAIT_SHARE = 0.12;

/** The waits of a span: the longer gaps between what happened. */
export function waitsIn(moments: readonly Moment[], { fromMs, toMs }: Span): Span[] {
  const times = moments.map(({ atMs }) => atMs).filter((at) => at >= fromMs && at <= toMs);
  const sorted = times.sort((a, b) => a - b);
  return sorted
    .slice(1)
    .map((to, index) => ({ fromMs: sorted[index] ?? to, toMs: to }))
    .filter((gap) => gap.toMs - gap.fromMs >= WAIT_SHARE * (toMs - fromMs));
}

/** Of a story without longer waits, so many moments of its beginning and of its end make a part. */
const OF_AN_END = 24;

/** The beginning and the end of a story that is too long for one picture; none where it isn't. */
export function endsOf(moments: readonly Moment[]): Span[] {
  const times = moments.map(({ atMs }) => atMs).sort((a, b) => a - b);
  if (times.length < 3 * OF_AN_END) return [];
  const spanOf = (part: number[]) => ({ fromMs: part[0] ?? 0, toMs: part.at(-1) ?? 0 });
  return [spanOf(times.slice(0, OF_AN_END)), spanOf(times.slice(-OF_AN_END))].map(widened);
}

/** The parts between waits, so that one can look at each by itself; none where there is only one. */
export function partsOf(moments: readonly Moment[], span: Span): Span[] {
  const waits = waitsIn(moments, span);
  if (waits.length === 0) return [];
  const begins = [span.fromMs, ...waits.map(({ toMs }) => toMs)];
  const ends = [...waits.map(({ fromMs }) => fromMs), span.toMs];
  return begins
    .map((fromMs, index) => ({ fromMs, toMs: ends[index] ?? fromMs }))
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .map(widened);
}

/** A little more than the part, so that its ends are seen. */
function widened({ fromMs, toMs }: Span): Span {
  const by = Math.max(1, (toMs - fromMs) * 0.05);
  return { fromMs: fromMs - by, toMs: toMs + by };
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((count) => count * DAY),
];

const TICK_WIDTH = 84;

/** Round times since the beginning, as many as have room. Milliseconds. */
export function ticksOf({ fromMs, toMs }: Span, beginMs: number, width: number): number[] {
  const most = Math.max(2, Math.floor(width / TICK_WIDTH));
  const step = STEPS.find((ms) => (toMs - fromMs) / ms <= most) ?? toMs - fromMs;
  const first = Math.ceil((fromMs - beginMs) / step);
  const last = Math.floor((toMs - beginMs) / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}
