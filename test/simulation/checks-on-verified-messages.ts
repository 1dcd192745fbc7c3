import type { Refund } from '../../shared/domain/refund.ts';
import { rankOf, STA_REFUND } from './checks-on-writes.ts';
import type { Message } from './gateway/wire.ts';
import { counted, type Line } from './log.ts';
import type { Process, ReadMessage } from './process.ts';
import type { World } from './world.ts';

/** The fields that show whether a refund was paid twice. */
const DECISIVE = ['sta_refund', 'oid_refundno', 'money_refund', 'dt_refund'] as const;

type Decisive = (typeof DECISIVE)[number];

/** Checks that no verified message is lost: each one that a process has read must be in the record or in the log. */
export class VerifiedMessageChecks {
  readonly #world: World;
  readonly #read: { process: Process; read: ReadMessage }[] = [];
  readonly #acknowledged: Message[] = [];
  /** By refund: the process that has written its status or number last. */
  readonly #writers = new Map<string, Process>();
  /** By refund: `field=value` of every message that was ever recorded as a conflict. */
  readonly #conflicts = new Map<string, Set<string>>();

  constructor(world: World) {
    this.#world = world;
  }

  onWrite(before: Refund | undefined, after: Refund, writer: Process | undefined): void {
    const { no_refund, conflict, status, oid_refundno } = after;
    if (writer && (status !== before?.status || oid_refundno !== before.oid_refundno))
      this.#writers.set(no_refund, writer);
    if (!conflict || conflict === before?.conflict) return;
    const kept = this.#conflicts.get(no_refund) ?? new Set();
    for (const message of [conflict.first, conflict.latest])
      for (const field of DECISIVE) kept.add(`${field}=${message[field]}`);
    this.#conflicts.set(no_refund, kept);
  }

  onRead(process: Process, read: ReadMessage): void {
    process.readMessages.push(read);
    this.#read.push({ process, read });
  }

  onAcknowledged(message: Message): void {
    this.#acknowledged.push(message);
  }

  /**
   * An acknowledged notification must be in the record: the gateway doesn't repeat it. Until the end a claim is enough:
   * some process may not have compared it yet with what was recorded meanwhile.
   */
  violationOfAcknowledged(message: Message, isEnd = false): string | undefined {
    const field = this.#missing(message);
    const { claimed_sta_refund, claimed_oid_refundno } =
      this.#world.table.items.get(message.no_refund as string) ?? {};
    const claims = { sta_refund: claimed_sta_refund, oid_refundno: claimed_oid_refundno } as Message;
    if (!isEnd && field && claims[field] === message[field]) return undefined;
    return field && `an acknowledged notification said ${field} ${message[field]}, and it is not recorded`;
  }

  /** Whether the record, or a conflict beside it, has a field of a message as the message has it. */
  #isInRecord(message: Message, record: Refund, field: Decisive): boolean {
    const value = message[field];
    const isConflict = this.#conflicts.get(record.no_refund)?.has(`${field}=${value}`) ?? false;
    return isConflict || this.#valuesIn(record, field).includes(value);
  }

  /**
   * A claim that contradicts the record counts only beside a conflict; or where the stream has counted it, if the process
   * that wrote the record was cut off before it could record the conflict.
   */
  #valuesIn(record: Refund, field: Decisive): (string | undefined)[] {
    const { no_refund, status, oid_refundno, claimed_sta_refund, claimed_oid_refundno, conflict } = record;
    const writer = this.#writers.get(no_refund);
    const isCutOff = writer?.wasInterrupted || writer?.hasLostAnswers;
    const isAlarmed = conflict || (isCutOff && counted(this.#world.lines, 'Conflicts', no_refund) > 0);
    const end = rankOf(status) === 3 ? STA_REFUND[status] : undefined;
    if (field === 'sta_refund') return [end, end && !isAlarmed ? undefined : claimed_sta_refund];
    if (field === 'oid_refundno')
      return [oid_refundno, oid_refundno && !isAlarmed ? undefined : claimed_oid_refundno];
    return [record[field]];
  }

  /**
   * A message that is lost. A failed call of the table is no excuse, nor is a time-out: only a process that crashed, or
   * was frozen and then ended, may lose a message.
   */
  violationAtTheEnd(): string | undefined {
    for (const message of this.#acknowledged) {
      const violation = this.violationOfAcknowledged(message, true);
      if (violation) return violation;
    }
    for (const { process, read } of this.#read) {
      if (process.mayHaveLostMessages || process.failedKeys > 0) continue;
      const { message, via } = read;
      const field = this.#missing(message);
      if (field && !this.#isLogged(message, field))
        return `${process.name} read ${field} ${message[field]} in ${ARTICLE[via]}: it is neither recorded nor logged`;
    }
    return undefined;
  }

  #missing(message: Message): Decisive | undefined {
    const record = this.#world.table.items.get(message.no_refund as string);
    if (!record) return undefined;
    return DECISIVE.find(
      (field) =>
        message[field] && !isUndecided(message, record, field) && !this.#isInRecord(message, record, field),
    );
  }

  /** Whether the log has what the message says, as an error that is counted. */
  #isLogged(message: Message, field: Decisive): boolean {
    return this.#world.lines.some((line) => logs(line, message, field));
  }
}

export const ARTICLE = {
  answer: 'an answer',
  query: 'an answer to a query',
  notification: 'a notification',
} as const;

/**
 * A status that isn't final contradicts nothing, and a refund that is still checked may reach its end later. A message
 * whose code isn't 0000 needn't add what the record lacks.
 */
function isUndecided(message: Message, record: Refund, field: Decisive): boolean {
  if (field !== 'sta_refund') return record[field] === undefined && (message.ret_code ?? '0000') !== '0000';
  return (message.sta_refund ?? '') < '2' || record.next_check_at !== undefined;
}

function logs({ level, facts }: Line, message: Message, field: Decisive): boolean {
  const isCounted = facts.metrics?.Conflicts || facts.metrics?.UnrecordedMessages;
  if (level !== 'error' || facts.no_refund !== message.no_refund || !isCounted) return false;
  const logged = [facts.message, facts.conflict] as (Message | undefined)[];
  return logged.some((logged) => logged?.[field] === message[field]);
}
