import fc from 'fast-check';
import { beijingDay, duration, moment, since } from '../../../console/page/format.ts';

test.each([
  [0, '0 ms'],
  [40, '40 ms'],
  [999.6, '1 s'],
  [1_000, '1 s'],
  [9_949, '9.9 s'],
  [9_999, '9.9 s'],
  [10_900, '10 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [840_000, '14 min'],
  [3_599_999, '59 min 59 s'],
  [7_500_000, '2 h 5 min'],
  [3 * 86_400_000, '3 d'],
  [90 * 86_400_000 + 3_600_000, '90 d 1 h'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

const UNITS = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
/** As much as a unit holds before the next one begins. */
const FULL = { ms: 1_000, s: 60, min: 60, h: 24, d: Number.POSITIVE_INFINITY };

test('a duration says no more than has passed, and loses less than a tenth of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * 86_400_000 }), (ms) => {
      let said = 0;
      for (const [, number, unit] of duration(ms).matchAll(/([\d.]+) (ms|s|min|h|d)/g)) {
        expect(Number(number)).toBeLessThan(FULL[unit as keyof typeof FULL]);
        said += Number(number) * UNITS[unit as keyof typeof UNITS];
      }
      expect(said).toBeLessThanOrEqual(ms);
      expect(said).toBeGreaterThanOrEqual(ms * 0.9);
    }),
  );
});

test('a time before the beginning, or none, is told as such', () => {
  expect([since(0), since(-0), since(1_500), since(-1_500), since(NaN)]).toEqual([
    '0',
    '0',
    '+1.5 s',
    '−1.5 s',
    '',
  ]);
});

test('a moment is told in the time zone of the browser, and what is none stays as it is', () => {
  const iso = '2026-11-26T03:04:05.678Z';
  const at = new Date(iso);
  const hour = String(at.getHours()).padStart(2, '0');
  expect(moment(iso)).toMatch(new RegExp(`^2026-11-2[567] ${hour}:\\d\\d:05$`));
  expect(moment('no time')).toBe('no time');
});

test.each([
  ['2026-11-25T15:59:59.999Z', '20261125'],
  ['2026-11-25T16:00:00.000Z', '20261126'],
  ['2026-12-31T16:00:00.000Z', '20270101'],
])('at %s the day in UTC+8 is %s', (iso, day) => {
  expect(beijingDay(Date.parse(iso))).toBe(day);
});
