import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The CPU time of one process, by part, and its memory at the end. */
export interface Measurement {
  readonly loadMs: number;
  readonly firstMs: number;
  /** Of each warm refund. */
  readonly warmMs: number;
  readonly residentMiB: number;
}

/** V8 sizes its heap after the function's memory: what Lambda gives Node with 128 MB. */
const as128MB = ['--max-old-space-size=115', '--max-semi-space-size=6'];

/** Runs a bundle in a process of its own; without `args` it is loaded, and not invoked. */
export async function measure(
  file: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<Measurement> {
  const command = [...as128MB, 'bench/measured-process.cjs', file, ...args];
  const { stdout } = await run(process.execPath, command, {
    env: { AWS_REGION: 'ap-east-1', ...env },
    timeout: 120_000,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** Measures two things in turn, so that other load on the machine affects both. */
export async function sideBySide<T>(
  times: number,
  one: () => Promise<T>,
  other: () => Promise<T>,
): Promise<[T[], T[]]> {
  const [ones, others]: [T[], T[]] = [[], []];
  for (let turn = 0; turn < times; turn += 1) {
    ones.push(await one());
    others.push(await other());
  }
  return [ones, others];
}

export const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

export const ratio = (ours: number, theirs: number): string => (ours / theirs).toFixed(2);
