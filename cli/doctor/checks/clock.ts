import { about, type Finding } from '../finding.ts';
import type { Setup } from '../setup.ts';

const report = about('clock');

/** A Date header has whole seconds. */
const RESOLUTION_MS = 1_000;

const WARN_FROM_SECONDS = 5;

/** AWS refuses what is signed five minutes off; dates of refunds and waits are wrong long before. */
const FAULT_FROM_SECONDS = 60;

const TODO = "Set this machine's clock by NTP";

/** This machine's clock against the answers of AWS. The requests have been made by other checks. */
export async function checkClock({ aws: { readings } }: Setup): Promise<Finding[]> {
  if (readings.length === 0)
    return [report.warning('No answer of AWS tells the time', 'See what the other lines say')];
  const offsets = readings.map(({ awsMs, sentMs, receivedMs }) => {
    // AWS wrote its date between the two moments: within them, or within the second, nothing is off.
    if (awsMs > receivedMs) return awsMs - receivedMs;
    return Math.min(0, awsMs + RESOLUTION_MS - sentMs);
  });
  const offMs = offsets.reduce((least, offset) => (Math.abs(offset) < Math.abs(least) ? offset : least));
  const seconds = Math.round(Math.abs(offMs) / 1_000);
  const what = `The clock is ${seconds} s ${offMs > 0 ? 'behind' : 'ahead of'} AWS`;
  if (seconds >= FAULT_FROM_SECONDS) return [report.fault(what, TODO)];
  if (seconds >= WARN_FROM_SECONDS) return [report.warning(what, TODO)];
  return [report.ok('The clock agrees with AWS')];
}
