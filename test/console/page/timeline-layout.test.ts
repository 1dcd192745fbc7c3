import fc from 'fast-check';
import {
  endsOf,
  levelsOf,
  type Moment,
  partsOf,
  placed,
  scaleOf,
  ticksOf,
  waitsIn,
} from '../../../console/page/timeline-layout.ts';

const BEGIN = Date.UTC(2026, 10, 26);
const DAY = 86_400_000;

/** Marks that are nearer to each other cover each other, pixels. */
const MARK = 22;
const LEVELS = 6;
/** As much room as the narrowest and the widest page have. */
const width = fc.integer({ min: 280, max: 1_400 });

const spanFrom = (lengthMs: number) => ({ fromMs: BEGIN, toMs: BEGIN + lengthMs });

const at = (ms: number, lane: Moment['lane'] = 'service'): Moment => ({
  atMs: BEGIN + ms,
  lane,
  label: String(ms),
  tone: 'plain',
  title: '',
});

const momentsWithin = (lengthMs: number) =>
  fc.array(
    fc
      .record({
        ms: fc.integer({ min: 0, max: lengthMs }),
        lane: fc.constantFrom('service', 'gateway', 'books'),
      })
      .map(({ ms, lane }) => at(ms, lane)),
    { maxLength: 60 },
  );

const story = fc
  .constantFrom(0, 1, 40, 3_000, 86_400_000, 90 * DAY)
  .chain((lengthMs) => momentsWithin(lengthMs).map((moments) => ({ lengthMs, moments })));

test('the same time has the same length wherever it is, and the ends have room for their marks', () => {
  const scale = scaleOf(spanFrom(1_000), 640);
  expect(scale(BEGIN + 250) - scale(BEGIN)).toBeCloseTo(scale(BEGIN + 1_000) - scale(BEGIN + 750));
  expect(scale(BEGIN)).toBeGreaterThanOrEqual(MARK / 2);
  expect(scale(BEGIN + 1_000)).toBeLessThanOrEqual(640 - MARK / 2);
  fc.assert(
    fc.property(story, width, ({ lengthMs, moments }, pixels) => {
      const span = spanFrom(lengthMs);
      const perMs = (scaleOf(span, pixels)(span.toMs) - scaleOf(span, pixels)(span.fromMs)) / (lengthMs || 1);
      for (const { x, atMs } of placed(moments, span, scaleOf(span, pixels)))
        expect(x - scaleOf(span, pixels)(BEGIN)).toBeCloseTo((atMs - BEGIN) * perMs, 3);
    }),
  );
});

test('no mark of a lane covers another one, and every moment has a mark or is counted', () => {
  fc.assert(
    fc.property(story, width, ({ lengthMs, moments }, pixels) => {
      const span = spanFrom(lengthMs);
      const marks = placed(moments, span, scaleOf(span, pixels));
      for (const [index, mark] of marks.entries())
        for (const other of marks.slice(index + 1))
          if (other.lane === mark.lane && other.level === mark.level)
            expect(Math.abs(other.x - mark.x)).toBeGreaterThanOrEqual(MARK);
      expect(marks.reduce((count, { more }) => count + 1 + more, 0)).toBe(moments.length);
      for (const { level } of marks) expect(level).toBeLessThan(LEVELS);
    }),
  );
});

test('marks stand on the lowest level that is free; what has no room is counted at the highest one', () => {
  const marks = placed(
    Array.from({ length: 9 }, (_, ms) => at(ms)),
    spanFrom(DAY),
    scaleOf(spanFrom(DAY), 640),
  );
  expect(marks.map(({ level, more }) => [level, more])).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 0],
    [5, 3],
  ]);
  expect(levelsOf(marks, 'service')).toBe(6);
  expect(levelsOf(marks, 'gateway')).toBe(0);
  const apart = placed([at(0), at(DAY)], spanFrom(DAY), scaleOf(spanFrom(DAY), 640));
  expect(apart.map(({ level }) => level)).toEqual([0, 0]);
});

test('what lies outside of the span, or has no time, is not drawn', () => {
  const span = spanFrom(100);
  const moments = [at(-1), at(0), at(100), at(101), at(Number.NaN)];
  expect(placed(moments, span, scaleOf(span, 640)).map(({ label }) => label)).toEqual(['0', '100']);
});

test('longer gaps are waits, and there is a part before and after each, unless it is a single moment', () => {
  const moments = [0, 100, 200, 10_000, 10_050].map((ms) => at(ms));
  expect(waitsIn(moments, spanFrom(10_050))).toEqual([{ fromMs: BEGIN + 200, toMs: BEGIN + 10_000 }]);
  // One wait and nothing beside it: the whole is all there is to see.
  expect(partsOf([at(0), at(100)], spanFrom(100))).toEqual([]);
  expect(
    partsOf(
      Array.from({ length: 50 }, (_, ms) => at(ms)),
      spanFrom(49),
    ),
  ).toEqual([]);
  fc.assert(
    fc.property(story, ({ lengthMs, moments }) => {
      const span = spanFrom(lengthMs);
      const parts = partsOf(moments, span);
      const waits = waitsIn(moments, span);
      for (const wait of waits) expect(wait.toMs - wait.fromMs).toBeGreaterThanOrEqual(0.12 * lengthMs);
      for (const { fromMs, toMs } of parts) expect(toMs).toBeGreaterThan(fromMs);
      expect(parts.length).toBeLessThanOrEqual(waits.length + 1);
    }),
  );
});

test('a part begins and ends a little outside of its moments', () => {
  const [first, second] = partsOf([at(0), at(100), at(10_000), at(10_200)], spanFrom(10_200));
  expect(first).toEqual({ fromMs: BEGIN - 5, toMs: BEGIN + 105 });
  expect(second).toEqual({ fromMs: BEGIN + 9_990, toMs: BEGIN + 10_210 });
});

test.each([0, 1, 10, 999, 3_700, 45_000, 3_600_000, 90 * DAY, 4_000 * DAY])(
  'the ticks of %d ms are round times, with room between them',
  (lengthMs) => {
    for (const pixels of [280, 640, 1_056]) {
      const span = spanFrom(lengthMs);
      const ticks = ticksOf(span, BEGIN, pixels);
      expect(ticks.length).toBeLessThanOrEqual(Math.max(2, Math.floor(pixels / 84)) + 1);
      expect(ticks[0]).toBe(0);
      for (const ms of ticks) expect(ms).toBeLessThanOrEqual(lengthMs);
      const steps = ticks.slice(1).map((ms, index) => ms - (ticks[index] ?? 0));
      expect(new Set(steps).size).toBeLessThanOrEqual(1);
    }
  },
);

test('the ticks of a part count from the beginning of the story', () => {
  expect(ticksOf({ fromMs: BEGIN + 9_990, toMs: BEGIN + 10_210 }, BEGIN, 500)).toEqual([
    10_000, 10_050, 10_100, 10_150, 10_200,
  ]);
});

test('of a story with many moments the beginning and the end can be looked at, of a shorter one not', () => {
  const every = (count: number) => Array.from({ length: count }, (_, index) => at(index * 1_000));
  expect(endsOf(every(71))).toEqual([]);
  const [first, last] = endsOf(every(300));
  const within = (span = spanFrom(0)) =>
    every(300)
      .filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs)
      .map(({ label }) => Number(label));
  expect([within(first)[0], within(first).length]).toEqual([0, 25]);
  expect([within(last).at(-1), within(last).length]).toEqual([299_000, 25]);
});
