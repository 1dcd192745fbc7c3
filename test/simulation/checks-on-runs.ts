import type { Changes, Expected } from '../../shared/app/ports/store.ts';
import type { Process } from './process.ts';

/** What shared/gateway/client.ts keeps back of an invocation's time, and the shortest exchange. */
const EXCHANGE_AND_RECORDING_MS = 3_000;

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
  const isLate = process.nowMs() > process.deadlineMs - EXCHANGE_AND_RECORDING_MS;
  return earlier.size === 1 && isLate
    ? `${name} has begun a check of ${noRefund} that could not end in time`
    : undefined;
}

/** What is wrong with a call to the gateway that begins now: `callsInFlight` includes it. */
export function violationOfCall(process: Process, maxInFlight: number): string | undefined {
  return isRun(process) && process.callsInFlight > maxInFlight
    ? `${process.name} has ${process.callsInFlight} calls in flight`
    : undefined;
}

/** What is wrong with a process that runs, uninterrupted, when its time-out comes. */
export function violationOfTimeOut(process: Process): string | undefined {
  return isRun(process) && !process.wasInterrupted
    ? `${process.name} has not ended before its time-out`
    : undefined;
}
