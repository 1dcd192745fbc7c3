import type { Share } from '../../shared/app/ports/runs.ts';
import type { Changes, Expected } from '../../shared/app/ports/store.ts';
import { shardOf } from '../../shared/app/schedule.ts';
import type { Process } from './process.ts';

/** What shared/gateway/client.ts keeps back of an invocation's time, and the shortest exchange. */
const EXCHANGE_AND_RECORDING_MS = 3_000;

/** How far two clocks may differ. */
const CLOCK_DIFFERENCE_MS = 5_000;

const isRun = ({ name }: Process): boolean => name.startsWith('reconcile');

/** What is wrong with a write by which a run of reconciliation takes a check over. */
export function violationOfPostponement(
  process: Process,
  noRefund: string,
  expected: Expected,
  { next_check_at }: Changes,
): string | undefined {
  if (!isRun(process) || !expected.next_check_at || !next_check_at) return undefined;
  const { postponed, name } = process;
  const earlier = postponed.get(noRefund) ?? new Set();
  const write = JSON.stringify(expected);
  if (earlier.has(write)) return `${name} has begun the same check of ${noRefund} twice`;
  postponed.set(noRefund, earlier.add(write));
  const isLate = process.nowMs() > Math.min(process.deadlineMs, process.untilMs) - EXCHANGE_AND_RECORDING_MS;
  if (earlier.size === 1 && isLate)
    return `${name} has begun a check of ${noRefund} that could not end in time`;
  return process.heldShards.has(shardOf(noRefund))
    ? undefined
    : `${name} checks ${noRefund} without the lease of its shard`;
}

/** What is wrong with a run that releases the lease of a shard now. */
export function violationOfRelease(process: Process, shard: string): string | undefined {
  return [...process.underWay].some((noRefund) => shardOf(noRefund) === shard)
    ? `${process.name} releases the lease of a shard in which it still calls the gateway`
    : undefined;
}

/** What is wrong with a lease that a run asks for until then, by its own clock. */
export function violationOfLease(process: Process, untilMs: number): string | undefined {
  const endsAtMs = Math.min(process.deadlineMs, process.untilMs);
  return untilMs > endsAtMs + CLOCK_DIFFERENCE_MS
    ? `a lease of ${process.name} outlasts its time`
    : undefined;
}

/** What is wrong with a run that starts another one now. */
export function violationOfHandingOver(process: Process, { shards }: Share): string | undefined {
  if (process.untilMs !== Number.POSITIVE_INFINITY)
    return `${process.name} hands on what was handed over to it: runs could start runs without an end`;
  const held = shards.find((shard) => process.heldShards.has(shard));
  return held && `${process.name} hands over shard ${held}, and still has its lease`;
}

/** What is wrong with a run that has just acquired the lease of a shard; `runs`: all that are alive. */
export function violationOfAcquisition(
  process: Process,
  shard: string,
  runs: Iterable<Process>,
): string | undefined {
  if (process.wasInterrupted) return undefined;
  const other = [...runs].find((run) => run !== process && isAtWork(run) && run.heldShards.has(shard));
  return other && `${process.name} has acquired the lease of a shard that ${other.name} holds`;
}

/** Whether a run makes calls by its own clock: one that was frozen may be late with everything. */
const isAtWork = (run: Process) => run.state === 'running' && !run.wasInterrupted;

/**
 * What is wrong with a call to the gateway that begins now, and is in `callsInFlight` already; `runs`: all that are alive.
 * Together they keep the limit; each makes one call at a time at the least.
 */
export function violationOfCall(
  process: Process,
  maxInFlight: number,
  runs: Iterable<Process>,
): string | undefined {
  if (!isRun(process) || process.wasInterrupted) return undefined;
  const calling = [...runs].filter((run) => isRun(run) && isAtWork(run) && run.callsInFlight > 0);
  const inFlight = calling.reduce((sum, { callsInFlight }) => sum + callsInFlight, 0);
  return inFlight > Math.max(maxInFlight, calling.length)
    ? `${calling.length} runs have ${inFlight} calls in flight`
    : undefined;
}

/** What is wrong with a process that runs, uninterrupted, when its time-out comes. */
export function violationOfTimeOut(process: Process): string | undefined {
  return isRun(process) && !process.wasInterrupted
    ? `${process.name} has not ended before its time-out`
    : undefined;
}
