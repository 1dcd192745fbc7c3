import type { Random } from './random.ts';

const SCALES_MS: [number, number][] = [
  [100, 1_000],
  [1_000, 60_000],
  [60_000, 3_600_000],
  [3_600_000, 86_400_000],
  [86_400_000, 345_600_000],
  // Longer than a rejected refund is checked.
  [345_600_000, 1_036_800_000],
];

/** From 100 ms to 12 days; each of the `scales` is as likely as the others. */
export function randomDelay(random: Random, scales = SCALES_MS.length): number {
  const [least, most] = SCALES_MS[random.between(0, scales - 1)] as [number, number];
  return random.between(least, most);
}
