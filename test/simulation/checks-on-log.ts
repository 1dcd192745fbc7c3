import type { Metric } from '../../shared/app/decisions.ts';
import type { Status } from '../../shared/domain/life-cycle.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { hasMessage } from './checks-on-sends.ts';
import { rankOf } from './checks-on-writes.ts';
import { counted, type Line } from './log.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** Counted only after a query was answered with "not found". */
const OF_NOT_FOUND = ['StuckRefunds', 'UnknownToGateway', 'DuplicatesNotFound', 'TooOldToResend'] as const;

const OF_STATUS: Partial<Record<Status, Metric>> = {
  SUCCEEDED: 'RefundsSucceeded',
  FAILED: 'RefundsFailed',
  REJECTED: 'RefundsRejected',
};

/** The time of the last application is recorded with this precision. */
const PRECISION = 0.99;
/** The longest time-out of an application. */
const TIMEOUT_MS = 30_000;

/** How a signature by the keys of the simulation ends: 64 bytes in base64. */
const SIGNATURE = '==';

/** Checks the log and the metrics: what must be logged is logged, and nothing that isn't so. */
export class LogChecks {
  readonly #world: World;
  readonly #tokens = new Set<string>();
  readonly #settled: { metric: Metric; noRefund: string; writer: Process }[] = [];
  readonly #paidAfterRejection = new Map<string, number>();
  /** When those applications began that were answered and had no failed call of the table. */
  readonly #appliedAtMs = new Map<string, number[]>();

  constructor(world: World) {
    this.#world = world;
  }

  onWrite(before: Refund | undefined, after: Refund, writer: Process | undefined): void {
    const { no_refund, status, task_token } = after;
    if (task_token) this.#tokens.add(task_token);
    // A check of a refund without a date can only log that it can't be queried.
    const isCheck = before?.next_check_at !== after.next_check_at;
    if (writer?.name.startsWith('reconcile') && isCheck && !after.dt_refund)
      writer.expectedMetricsIfRecorded.push([no_refund, 'NotQueryable']);
    if (!before || before.status === status) return;
    const metric = OF_STATUS[status];
    if (metric && writer) this.#settled.push({ metric, noRefund: no_refund, writer });
    if (before.status === 'REJECTED' && rankOf(status) > 0 && status !== 'FAILED') {
      this.#world.reach('a refund is paid after its rejection');
      this.#paidAfterRejection.set(no_refund, (this.#paidAfterRejection.get(no_refund) ?? 0) + 1);
    }
  }

  onApplied(noRefund: string, { startedMs, failedCalls }: Process): void {
    if (failedCalls > 0) return;
    this.#appliedAtMs.set(noRefund, [...(this.#appliedAtMs.get(noRefund) ?? []), startedMs]);
  }

  violationOfLine({ process, facts }: Line): string | undefined {
    if (facts.metrics?.PaidAfterRefusal && process.name.startsWith('apply'))
      this.#world.reach('a repeated application finds a refund that was rejected');
    const noRefund = facts.no_refund as string;
    if (facts.metrics?.NotQueryable) return this.#violationOfNotQueryable(noRefund);
    const metric = OF_NOT_FOUND.find((metric) => facts.metrics?.[metric]);
    if (!metric) return undefined;
    if (!process.queried.get(noRefund)?.isNotFound)
      return `${metric} was counted for ${noRefund}, and no query was answered with "not found"`;
    if (!facts.metrics?.TooOldToResend) return undefined;
    this.#world.reach('a refund is too old to be sent again');
    const { resendUntilMs, clockErrorMs } = this.#world.settings;
    const applications = this.#appliedAtMs.get(noRefund) ?? [];
    const before = applications.filter((atMs) => atMs < process.startedMs - TIMEOUT_MS);
    const ageMs = this.#world.scheduler.nowMs - Math.max(0, ...before);
    return ageMs < PRECISION * resendUntilMs - 2 * clockErrorMs - TIMEOUT_MS
      ? `${noRefund} was logged as too old, ${ageMs} ms after its last application`
      : undefined;
  }

  #violationOfNotQueryable(noRefund: string): string | undefined {
    return this.#world.table.items.get(noRefund)?.dt_refund === undefined
      ? undefined
      : `${noRefund} was logged as not queryable, and its date is known`;
  }

  /** What is missing in the log of a process that has returned. */
  violationOfReturn(process: Process): string | undefined {
    const { name, lines, exchanges, failedKeys, failedCalls, hasLostAnswers } = process;
    // What it couldn't verify it needn't log.
    if (failedKeys > 0 || this.#world.settings.rotatesGatewayKey) return undefined;
    const missing = [
      ...process.expectedMetrics,
      ...(failedCalls > 0 || hasLostAnswers ? [] : process.expectedMetricsIfRecorded),
    ].find(([noRefund, metric]) => counted(lines, metric, noRefund) === 0);
    if (missing) return `${name} has not counted ${missing[1]} for ${missing[0]}`;
    const silent = [...process.confirmedNotFound].find((noRefund) => this.#isSilent(process, noRefund));
    if (silent) return `${name} had confirmed that ${silent} is not found, did nothing and logged nothing`;
    const measured = lines.filter(({ facts }) => facts.metrics?.GatewayLatencyMs !== undefined).length;
    return measured === exchanges ? undefined : `${name} has measured ${measured} exchanges of ${exchanges}`;
  }

  /** A refund that is confirmed not found must be sent again, rejected, or logged with an alarming level. */
  #isSilent(process: Process, noRefund: string): boolean {
    const record = this.#world.table.items.get(noRefund);
    const isUnchanged =
      record?.status === 'REQUESTED' &&
      !hasMessage(record) &&
      process.leases.get(noRefund) === record.attempt_id &&
      !process.sent.has(noRefund);
    if (!isUnchanged || process.failedCalls > 0 || !process.hasTime()) return false;
    return !process.lines.some(({ level, facts }) => level !== 'info' && facts.no_refund === noRefund);
  }

  violationAtTheEnd(): string | undefined {
    const { table, lines } = this.#world;
    for (const { no_refund, conflicts = 0 } of table.items.values()) {
      const count = counted(lines, 'Conflicts', no_refund);
      if (count < conflicts)
        return `${conflicts} conflicts are recorded for ${no_refund}, and ${count} were counted`;
    }
    for (const [noRefund, times] of this.#paidAfterRejection) {
      const count = counted(lines, 'PaidAfterRefusal', noRefund);
      if (count < times) return `${noRefund} was paid after its rejection, and that was not counted`;
    }
    return this.#violationOfSettled() ?? this.#violationOfSecrets();
  }

  #violationOfSettled(): string | undefined {
    const lost = this.#settled.find(
      ({ metric, noRefund, writer }) =>
        !writer.wasInterrupted && !writer.hasLostAnswers && counted(writer.lines, metric, noRefund) === 0,
    );
    return lost && `${lost.writer.name} has settled ${lost.noRefund}, and ${lost.metric} was not counted`;
  }

  #violationOfSecrets(): string | undefined {
    const text = this.#world.lines
      .map(({ decision, facts }) => `${decision} ${JSON.stringify(facts)}`)
      .join('\n');
    const token = [...this.#tokens].some((token) => text.includes(token));
    if (token) return 'a task token is in the log';
    return text.includes(SIGNATURE) ? 'a signature is in the log' : undefined;
  }
}
