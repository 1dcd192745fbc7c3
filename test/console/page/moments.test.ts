import fc from 'fast-check';
import {
  bandsOf,
  booksMoments,
  changesOf,
  laneOf,
  letter,
  momentsOf,
  toneOf,
} from '../../../console/page/moments.ts';
import { storyCodes } from './story-codes.ts';

/** What the gateway said. All other codes are the service's own doing. */
const BY_GATEWAY = [
  'attempt.accepted',
  'attempt.duplicate',
  'attempt.duplicate_not_found',
  'attempt.rejected',
  'message.completes',
  'message.conflict',
  'message.incomplete',
  'query.denies_message',
  'query.denies_status',
  'query.found',
  'query.not_found',
  'refund.external',
  'refund.failed',
  'refund.initialized',
  'refund.paid_after_rejection',
  'refund.processing',
  'refund.rejected',
  'refund.succeeded',
];

const entry = (second: number, code: string, status?: 'REQUESTED' | 'PROCESSING' | 'SUCCEEDED') => ({
  at: new Date(second * 1_000).toISOString(),
  code,
  text: `this is ${code}`,
  ...(status && { status }),
});

test('what comes from the gateway stands below the axis, and all else above it', () => {
  expect(storyCodes().filter((code) => laneOf(code) === 'gateway')).toEqual(BY_GATEWAY);
  expect(laneOf('of.a_later_release')).toBe('service');
});

test.each([
  ['refund.succeeded', 'good'],
  ['refund.failed', 'bad'],
  ['refund.rejected', 'bad'],
  ['attempt.rejected', 'bad'],
  ['message.conflict', 'doubt'],
  ['attempt.in_doubt', 'doubt'],
  ['query.denies_status', 'doubt'],
  ['record.deleted', 'doubt'],
  ['refund.paid_after_rejection', 'doubt'],
  ['refund.processing', 'working'],
  ['attempt.sent', 'plain'],
  ['check.begun', 'plain'],
])('%s is shown as %s', (code, tone) => {
  expect(toneOf(code)).toBe(tone);
});

test('entries are moments with the numbers of the list; one without a time is not drawn', () => {
  const entries = [
    entry(1, 'refund.created'),
    { ...entry(2, 'check.begun'), at: '1e99' },
    entry(3, 'refund.failed'),
  ];
  expect(momentsOf(entries).map(({ atMs, label, lane }) => [atMs, label, lane])).toEqual([
    [1_000, '1', 'service'],
    [3_000, '3', 'gateway'],
  ]);
});

test("the gateway's events have letters", () => {
  const at = '1970-01-01T00:00:01.000Z';
  const events = [
    { at, type: 'request', text: 'receives' },
    { at, type: 'booked', text: 'books' },
  ];
  expect(booksMoments(events)).toEqual([
    { atMs: 1_000, lane: 'books', label: 'a', tone: 'plain', title: 'receives' },
    { atMs: 1_000, lane: 'books', label: 'b', tone: 'plain', title: 'books' },
  ]);
  expect([25, 26, 27, 51, 52, 701, 702].map(letter)).toEqual(['z', 'aa', 'ab', 'az', 'ba', 'zz', 'aaa']);
});

test('the bands are the statuses one after the other, up to now', () => {
  const entries = [
    entry(1, 'refund.created', 'REQUESTED'),
    // It tells the status of the record, and changes nothing.
    entry(2, 'message.conflict', 'SUCCEEDED'),
    entry(3, 'refund.processing', 'PROCESSING'),
    entry(4, 'refund.processing', 'PROCESSING'),
    entry(9, 'refund.succeeded', 'SUCCEEDED'),
  ];
  expect(changesOf(entries).map(({ status }) => status)).toEqual(['REQUESTED', 'PROCESSING', 'SUCCEEDED']);
  expect(bandsOf(entries, 20_000)).toEqual([
    { fromMs: 1_000, toMs: 3_000, status: 'REQUESTED' },
    { fromMs: 3_000, toMs: 9_000, status: 'PROCESSING' },
    { fromMs: 9_000, toMs: 20_000, status: 'SUCCEEDED' },
  ]);
  expect(bandsOf(entries, 0).at(-1)).toEqual({ fromMs: 9_000, toMs: 9_000, status: 'SUCCEEDED' });
});

test('where clocks differ, no status begins before the one before it', () => {
  const entries = [
    entry(5, 'refund.created', 'REQUESTED'),
    entry(3, 'refund.processing', 'PROCESSING'),
    entry(4, 'refund.succeeded', 'SUCCEEDED'),
  ];
  expect(bandsOf(entries, 20_000)).toEqual([
    { fromMs: 5_000, toMs: 5_000, status: 'REQUESTED' },
    { fromMs: 5_000, toMs: 5_000, status: 'PROCESSING' },
    { fromMs: 5_000, toMs: 20_000, status: 'SUCCEEDED' },
  ]);
});

test('the bands of a story in any disorder follow each other without a gap, and none ends before it begins', () => {
  const codes = ['REQUESTED', 'PROCESSING', 'SUCCEEDED'] as const;
  const any = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.constantFrom(...codes)), {
    minLength: 1,
  });
  fc.assert(
    fc.property(any, fc.integer({ min: 0, max: 100 }), (story, until) => {
      const entries = story.map(([second, status]) => entry(second, 'refund.created', status));
      const bands = bandsOf(entries, until * 1_000);
      expect(bands.map(({ status }) => status)).toEqual(changesOf(entries).map(({ status }) => status));
      for (const [index, { fromMs, toMs }] of bands.entries()) {
        expect(toMs).toBeGreaterThanOrEqual(fromMs);
        if (bands[index + 1]) expect(bands[index + 1]?.fromMs).toBe(toMs);
      }
    }),
  );
});
