import type { Metric } from '../../shared/app/decisions.ts';
import type { Status } from '../../shared/domain/life-cycle.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { isSpokenOf } from './checks-on-sends.ts';
import { rankOf } from './checks-on-writes.ts';
import { counted, type Line } from './log.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** Told only of what a query has answered with "not found". */
const OF_NOT_FOUND = ['StuckRefunds', 'UnknownToGateway', 'DuplicatesNotFound', 'TooOldToResend'] as const;

const OF_STATUS: Partial<Record<Status, Metric>> = {
  SUCCEEDED: 'RefundsSucceeded',
  FAILED: 'RefundsFailed',
  REJECTED: 'RefundsRejected',
};

/** Applications that come at about the same time as the last one are not kept apart. */
const EXACTNESS = 0.99;
/** The longest that an application lasts. */
const LIFE_MS = 30_000;

/** How a signature by the keys of the simulation ends: 64 bytes in base64. */
const SIGNATURE = '==';

/** Holds the log and the metrics to account: what must be told is told, and nothing else is. */
export class Told {
  readonly #world: World;
  readonly #tokens = new Set<string>();
  readonly #settled: { metric: Metric; noRefund: string; writer: Process }[] = [];
  readonly #paidAfterRefusal = new Map<string, number>();
  /** When the applications began that were answered, and met no trouble with the table. */
  readonly #appliedAtMs = new Map<string, number[]>();

  constructor(world: World) {
    this.#world = world;
  }

  onWrite(before: Refund | undefined, after: Refund, writer: Process | undefined): void {
    const { no_refund, status, task_token } = after;
    if (task_token) this.#tokens.add(task_token);
    // Whoever takes over the check of a refund without a date can only say so.
    const isCheck = before?.next_check_at !== after.next_check_at;
    if (writer?.name.startsWith('reconcile') && isCheck && !after.dt_refund)
      writer.owedOfRecorded.push([no_refund, 'NotQueryable']);
    if (!before || before.status === status) return;
    const metric = OF_STATUS[status];
    if (metric && writer) this.#settled.push({ metric, noRefund: no_refund, writer });
    if (before.status === 'REJECTED' && rankOf(status) > 0 && status !== 'FAILED') {
      this.#world.reach('a refund is paid after it was refused');
      this.#paidAfterRefusal.set(no_refund, (this.#paidAfterRefusal.get(no_refund) ?? 0) + 1);
    }
  }

  onApplied(noRefund: string, { startedMs, failedCalls }: Process): void {
    if (failedCalls > 0) return;
    this.#appliedAtMs.set(noRefund, [...(this.#appliedAtMs.get(noRefund) ?? []), startedMs]);
  }

  faultOfLine({ process, facts }: Line): string | undefined {
    if (facts.metrics?.PaidAfterRefusal && process.name.startsWith('apply'))
      this.#world.reach('a repeated application finds a refund that was refused');
    const noRefund = facts.no_refund as string;
    if (facts.metrics?.NotQueryable) return this.#faultOfNotQueryable(noRefund);
    const early = OF_NOT_FOUND.find((metric) => facts.metrics?.[metric]);
    if (!early) return undefined;
    if (!process.asked.get(noRefund)?.isNotFound)
      return `${early} was told of ${noRefund}, and no query was answered with "not found"`;
    if (!facts.metrics?.TooOldToResend) return undefined;
    this.#world.reach('a refund is too old to be sent again');
    const { resendUntilMs, clockErrorMs } = this.#world.climate;
    const applications = this.#appliedAtMs.get(noRefund) ?? [];
    const before = applications.filter((atMs) => atMs < process.startedMs - LIFE_MS);
    const ageMs = this.#world.scheduler.nowMs - Math.max(0, ...before);
    return ageMs < EXACTNESS * resendUntilMs - 2 * clockErrorMs - LIFE_MS
      ? `${noRefund} was called too old, ${ageMs} ms after its last application`
      : undefined;
  }

  #faultOfNotQueryable(noRefund: string): string | undefined {
    return this.#world.table.items.get(noRefund)?.dt_refund === undefined
      ? undefined
      : `${noRefund} was called not queryable, and its date is known`;
  }

  /** What is missing in the log of a process that has ended in an orderly way. */
  faultOfReturn(process: Process): string | undefined {
    const { name, lines, exchanges, failedKeys, failedCalls, hasLostAnswers } = process;
    // What it couldn't verify was nothing to tell of.
    if (failedKeys > 0 || this.#world.climate.rotatesGatewayKey) return undefined;
    const missing = [
      ...process.owed,
      ...(failedCalls > 0 || hasLostAnswers ? [] : process.owedOfRecorded),
    ].find(([noRefund, metric]) => counted(lines, metric, noRefund) === 0);
    if (missing) return `${name} has not told of ${missing[0]}: ${missing[1]}`;
    const silent = [...process.confirmedMissing].find((noRefund) => this.#isSilent(process, noRefund));
    if (silent) return `${name} knew that ${silent} is missing, did nothing and told nobody`;
    const measured = lines.filter(({ facts }) => facts.metrics?.GatewayLatencyMs !== undefined).length;
    return measured === exchanges ? undefined : `${name} has measured ${measured} exchanges of ${exchanges}`;
  }

  /** What isn't there is sent again, or refused for good, or somebody is told. */
  #isSilent(process: Process, noRefund: string): boolean {
    const record = this.#world.table.items.get(noRefund);
    const isAsItWas =
      record?.status === 'REQUESTED' &&
      !isSpokenOf(record) &&
      process.holds.get(noRefund) === record.attempt_id &&
      !process.sent.has(noRefund);
    if (!isAsItWas || process.failedCalls > 0 || !process.hasTime()) return false;
    return !process.lines.some(({ level, facts }) => level !== 'info' && facts.no_refund === noRefund);
  }

  faultAtTheEnd(): string | undefined {
    const { table, lines } = this.#world;
    for (const { no_refund, conflicts = 0 } of table.items.values()) {
      const count = counted(lines, 'Conflicts', no_refund);
      if (count < conflicts)
        return `${conflicts} conflicts are kept beside ${no_refund}, ${count} were counted`;
    }
    for (const [noRefund, times] of this.#paidAfterRefusal) {
      const count = counted(lines, 'PaidAfterRefusal', noRefund);
      if (count < times) return `${noRefund} was paid after its refusal, and nobody was told`;
    }
    return this.#faultOfSettled() ?? this.#faultOfSecrets();
  }

  #faultOfSettled(): string | undefined {
    const lost = this.#settled.find(
      ({ metric, noRefund, writer }) =>
        !writer.isHindered && !writer.hasLostAnswers && counted(writer.lines, metric, noRefund) === 0,
    );
    return lost && `${lost.writer.name} has settled ${lost.noRefund}, and ${lost.metric} was not counted`;
  }

  #faultOfSecrets(): string | undefined {
    const text = this.#world.lines
      .map(({ decision, facts }) => `${decision} ${JSON.stringify(facts)}`)
      .join('\n');
    const token = [...this.#tokens].some((token) => text.includes(token));
    if (token) return 'a task token is in the log';
    return text.includes(SIGNATURE) ? 'a signature is in the log' : undefined;
  }
}
