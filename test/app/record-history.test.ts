import type { ChangeRecord } from '../../shared/app/ports/change-record.ts';
import { recordHistory } from '../../shared/app/record-history.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { StoryEntry } from '../../shared/domain/story.ts';
import { unpackText } from '../../shared/gateway/packed-text.ts';
import { captureLog } from '../entry/captured-log.ts';

const AT_MS = Date.UTC(2026, 0, 5, 2, 0, 0);

const requested = {
  no_refund: '1',
  kind: 'refund',
  status: 'REQUESTED',
  version: 1,
  created_at: '2026-01-05T01:00:00.000Z',
  updated_at: '2026-01-05T01:00:00.000Z',
  attempts: 1,
  last_attempt_at: AT_MS,
  next_check_at: AT_MS,
} as Refund;

const creation = (id: string, streamLabel = '2026-01-01'): ChangeRecord => ({
  id,
  streamLabel,
  happenedAtMs: AT_MS,
  after: requested,
});

/** A table of stories that refuses the positions that end so. */
function stories(refused = 'nothing') {
  const items = new Map<string, StoryEntry[]>();
  const puts: string[] = [];
  const { lines, logFor } = captureLog();
  const ctx = {
    unpack: unpackText,
    log: logFor(''),
    history: {
      record: async (noRefund: string, position: string, entries: StoryEntry[]) => {
        if (position.endsWith(refused)) throw new Error('the table is out of reach');
        const key = `${noRefund} ${position}`;
        puts.push(key);
        if (!items.has(key)) items.set(key, entries);
      },
    },
  };
  return { items, puts, lines, ctx };
}

test('a change that is handed in twice is recorded under one position, with the same words', async () => {
  const { ctx, items, puts } = stories();
  const record = jest.spyOn(ctx.history, 'record');
  await recordHistory(ctx, [creation('7')]);
  await recordHistory(ctx, [creation('7')]);
  expect(puts).toHaveLength(2);
  expect(items.size).toBe(1);
  expect(record.mock.calls[1]).toEqual(record.mock.calls[0]);
});

test('positions are in the order of the changes, also those of the new stream of a restored table', async () => {
  const { ctx, puts } = stories();
  const inOrder = [creation('9'), creation('10'), creation('111'), creation('1', '2026-02-01')];
  for (const change of inOrder) await recordHistory(ctx, [change]);
  expect([...puts].sort()).toEqual(puts);
  expect(new Set(puts).size).toBe(inOrder.length);
});

test('a change that could not be recorded is handed in again alone, and is logged', async () => {
  const { ctx, items, lines } = stories('2');
  const failed = await recordHistory(ctx, [creation('1'), creation('2'), creation('3')]);
  expect(failed).toEqual(['2']);
  expect(items.size).toBe(2);
  expect(lines).toMatchObject([{ code: 'story.unrecorded', level: 'error', facts: { no_refund: '1' } }]);
});

test('a change that tells nothing, or is about no refund, is not recorded', async () => {
  const { ctx, puts } = stories();
  const nothing = { ...creation('1'), before: requested, after: { ...requested, lease_until: 1 } };
  const foreign = { ...creation('2'), after: { other: 'x' } as unknown as Refund };
  expect(await recordHistory(ctx, [nothing, foreign])).toEqual([]);
  expect(puts).toEqual([]);
});

test.each([
  ['a time that is a text', { next_check_at: 'soon' }],
  ['a message that is not packed', { message: { packed: Buffer.from('not packed'), via: 'query', at: 0 } }],
])('%s is told as unreadable, and does not hold up the changes beside it', async (_what, changed) => {
  const { ctx, items, lines } = stories();
  const after = { ...requested, ...changed } as Refund;
  const unreadable = { ...creation('1'), before: requested, after };
  expect(await recordHistory(ctx, [unreadable, creation('2')])).toEqual([]);
  const codes = [...items.values()].map((entries) => entries.map(({ code }) => code));
  expect(codes).toEqual([['record.unreadable'], ['refund.created', 'attempt.sent']]);
  expect(lines).toMatchObject([{ code: 'record.unreadable', facts: { no_refund: '1' } }]);
});
