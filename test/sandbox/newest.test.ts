import { Newest } from '../../sandbox/newest.ts';

test('the newest are kept, in their order, and the oldest are forgotten', () => {
  const newest = new Newest<number>(3);
  for (const item of [1, 2, 3, 4, 5]) newest.add(item);
  expect(newest.filter(() => true)).toEqual([3, 4, 5]);
  expect(newest.filter((item) => item > 3)).toEqual([4, 5]);
  expect(newest.find((item) => item === 2)).toBeUndefined();
  expect(newest.find((item) => item === 4)).toBe(4);
});
