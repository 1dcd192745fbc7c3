import {
  checkIn,
  checkNow,
  checksAfter,
  dayShardOf,
  dayShards,
  longerWait,
  SHARDS,
} from '../../shared/app/schedule.ts';
import type { Refund } from '../../shared/domain/refund.ts';

const DAY_MS = 86_400_000;

test('each wait is twice as long as the one before, up to a day', () => {
  expect([1_000, 900_000, 80_000_000, DAY_MS].map(longerWait)).toEqual([2_000, 1_800_000, DAY_MS, DAY_MS]);
});

test('refunds are spread over every shard, and a number always has the same shard', () => {
  const numbers = Array.from({ length: 800 }, (_, index) => `2013051500${index}`);
  const counts = new Map(SHARDS.map((shard) => [shard, 0]));
  for (const number of numbers) {
    const { shard = '' } = checkIn(number, 0, 1);
    expect(checkIn(number, 5, 2).shard).toBe(shard);
    counts.set(shard, (counts.get(shard) ?? 0) + 1);
  }
  expect(counts.size).toBe(SHARDS.length);
  for (const count of counts.values()) expect(count).toBeGreaterThan(numbers.length / SHARDS.length / 2);
});

test('a first check is due after its wait, an immediate one at once, and none after the end', () => {
  expect(checkIn('1', 1_000, 900_000)).toMatchObject({ next_check_at: 901_000, check_wait: 900_000 });
  expect(checkNow('1', 1_000, 900_000)).toMatchObject({ next_check_at: 1_000, check_wait: 900_000 });
  expect(checksAfter('PROCESSING', '1', 1_000, 5)).toMatchObject({ next_check_at: 1_005, check_wait: 5 });
  for (const status of ['SUCCEEDED', 'FAILED'] as const)
    expect(Object.values(checksAfter(status, '1', 1_000, 5))).toEqual([undefined, undefined, undefined]);
});

test('the first check of an attempt serves an accepted refund too, while nine tenths of its wait are left', () => {
  const after = (next_check_at: number | undefined, status: 'PROCESSING' | 'SUCCEEDED' = 'PROCESSING') =>
    checksAfter(status, '1', 1_000, 100, { next_check_at } as Refund);
  const anew = checkIn('1', 1_000, 100);
  expect(after(1_100)).toEqual({});
  expect(after(1_090)).toEqual({});
  expect(after(1_089)).toEqual(anew);
  expect(after(1_101)).toEqual(anew);
  expect(after(undefined)).toEqual(anew);
  expect(after(1_100, 'SUCCEEDED')).toMatchObject({ next_check_at: undefined });
});

test('a refund is in one of the parts of its day in UTC+8', () => {
  const lastOfDay = Date.UTC(2026, 0, 5, 15, 59, 59, 999);
  const numbers = Array.from({ length: 100 }, (_, index) => `r-${index}`);
  const parts = new Set(numbers.map((number) => dayShardOf(number, lastOfDay)));
  expect([...parts].sort()).toEqual(dayShards('20260105'));
  expect(dayShardOf('r-1', lastOfDay + 1)).toMatch(/^20260106#[0-7]$/);
});
