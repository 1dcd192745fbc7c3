import fc from 'fast-check';
import { beijingTime, isBeijingDate, isBeijingTime } from '../../shared/domain/beijing-time.ts';

test.each([
  ['2013-05-15T01:40:18.000Z', '20130515094018'],
  ['2013-05-15T01:40:18.999Z', '20130515094018'],
  ['2026-11-22T15:59:59.999Z', '20261122235959'],
  ['2026-11-22T16:00:00.000Z', '20261123000000'],
  ['2026-12-31T16:00:00.000Z', '20270101000000'],
  ['2024-02-28T16:00:00.000Z', '20240229000000'],
  ['2023-02-28T16:00:00.000Z', '20230301000000'],
  ['2026-06-01T05:00:00.000Z', '20260601130000'],
])('%s is %s in Beijing', (utc, expected) => {
  expect(beijingTime(Date.parse(utc))).toBe(expected);
});

test('Beijing time is the time of Shanghai since its last summer time', () => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Asia/Shanghai',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const after1991 = fc.integer({ min: Date.UTC(1992, 0), max: Date.UTC(2100, 0) });
  fc.assert(
    fc.property(after1991, (epochMs) => {
      const parts = Object.fromEntries(format.formatToParts(epochMs).map(({ type, value }) => [type, value]));
      const { year, month, day, hour, minute, second } = parts;
      expect(beijingTime(epochMs)).toBe(`${year}${month}${day}${hour}${minute}${second}`);
      expect(isBeijingTime(beijingTime(epochMs))).toBe(true);
    }),
  );
});

test.each(['20130515094018', '20240229235959', '20000229000000', '20261231235959'])(
  '%s is a date and time',
  (text) => {
    expect(isBeijingTime(text)).toBe(true);
  },
);

test.each([
  ['29 February of a common year', '20230229000000'],
  ['29 February of a century', '21000229000000'],
  ['31 April', '20260431000000'],
  ['month 13', '20261301000000'],
  ['month 0', '20260001000000'],
  ['day 0', '20260100000000'],
  ['day 32', '20260132000000'],
  ['hour 24', '20260101240000'],
  ['minute 60', '20260101006000'],
  ['second 60', '20260101000060'],
  ['a date alone', '20260101'],
  ['too long', '202601010000000'],
  ['a separator', '2026-01-01 00:00'],
  ['a line break', '20260101000000\n'],
  ['other digits', '２０２６０１０１００００００'],
  ['nothing', ''],
])('%s is not a date and time', (_what, text) => {
  expect(isBeijingTime(text)).toBe(false);
});

test.each([
  ['20130516', true],
  ['20240229', true],
  ['20230229', false],
  ['20261301', false],
  ['2026010', false],
  ['202601011', false],
  ['20260101000000', false],
  ['', false],
])('%j is a date: %s', (text, expected) => {
  expect(isBeijingDate(text)).toBe(expected);
});
