import type { Refund } from '../../shared/domain/refund.ts';
import { rankOf, STA_REFUND } from './checks-on-writes.ts';
import type { Message } from './gateway/wire.ts';
import { counted, type Line } from './log.ts';
import type { Process, Read } from './process.ts';
import type { World } from './world.ts';

/** The fields by which somebody judges whether money has moved twice. */
const DECISIVE = ['sta_refund', 'oid_refundno', 'money_refund', 'dt_refund'] as const;

type Decisive = (typeof DECISIVE)[number];

/** Every verified message that a process has read, and what the records have ever held of such messages. */
export class VerifiedMessages {
  readonly #world: World;
  readonly #read: { process: Process; read: Read }[] = [];
  readonly #acknowledged: Message[] = [];
  /** Who has written each record's status and number. */
  readonly #writers = new Map<string, Process>();
  /** Beside each record: `field=value` of every message that was ever kept as a conflict. */
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

  onRead(process: Process, read: Read): void {
    process.read.push(read);
    this.#read.push({ process, read });
  }

  onAcknowledged(message: Message): void {
    this.#acknowledged.push(message);
  }

  /**
   * What of an acknowledged notification is not in the record: nobody posts it again. A claim will do, until whoever
   * is at it has compared it with what came meanwhile.
   */
  faultOfAcknowledged(message: Message, isEnd = false): string | undefined {
    const field = this.#missing(message);
    const { claimed_sta_refund, claimed_oid_refundno } =
      this.#world.table.items.get(message.no_refund as string) ?? {};
    const claims = { sta_refund: claimed_sta_refund, oid_refundno: claimed_oid_refundno } as Message;
    if (!isEnd && field && claims[field] === message[field]) return undefined;
    return field && `an acknowledged notification said ${field} ${message[field]}, and it is not kept`;
  }

  /** Whether the record, or a conflict beside it, has a field of a message as the message has it. */
  #isInRecord(message: Message, record: Refund, field: Decisive): boolean {
    const said = message[field];
    const isConflict = this.#conflicts.get(record.no_refund)?.has(`${field}=${said}`) ?? false;
    return isConflict || this.#valuesIn(record, field).includes(said);
  }

  /**
   * A claim that the record contradicts counts beside a conflict; or where the stream has counted it, if whoever has
   * written the record was cut off before it could keep one.
   */
  #valuesIn(record: Refund, field: Decisive): (string | undefined)[] {
    const { no_refund, status, oid_refundno, claimed_sta_refund, claimed_oid_refundno, conflict } = record;
    const writer = this.#writers.get(no_refund);
    const isCutOff = writer?.isHindered || writer?.hasLostAnswers;
    const isSeen = conflict || (isCutOff && counted(this.#world.lines, 'Conflicts', no_refund) > 0);
    const end = rankOf(status) === 3 ? STA_REFUND[status] : undefined;
    if (field === 'sta_refund') return [end, end && !isSeen ? undefined : claimed_sta_refund];
    if (field === 'oid_refundno')
      return [oid_refundno, oid_refundno && !isSeen ? undefined : claimed_oid_refundno];
    return [record[field]];
  }

  /**
   * What a process has read and nobody can find out any more. A failed call of the table excuses nothing, neither
   * does a time-out: only a process that crashed, or was frozen and then ended, may have taken a message with it.
   */
  faultAtTheEnd(): string | undefined {
    for (const message of this.#acknowledged) {
      const fault = this.faultOfAcknowledged(message, true);
      if (fault) return fault;
    }
    for (const { process, read } of this.#read) {
      if (process.isExcused || process.failedKeys > 0) continue;
      const { message, via } = read;
      const field = this.#missing(message);
      if (field && !this.#isTold(message, field))
        return `${process.name} read ${field} ${message[field]} in ${ARTICLE[via]}: it is neither kept nor told`;
    }
    return undefined;
  }

  #missing(message: Message): Decisive | undefined {
    const record = this.#world.table.items.get(message.no_refund as string);
    if (!record) return undefined;
    return DECISIVE.find(
      (field) =>
        message[field] && !isOpen(message, record, field) && !this.#isInRecord(message, record, field),
    );
  }

  /** Whether the log has what the message says, as an error that is counted. */
  #isTold(message: Message, field: Decisive): boolean {
    return this.#world.lines.some((line) => isTelling(line, message, field));
  }
}

export const ARTICLE = {
  answer: 'an answer',
  query: 'an answer to a query',
  notification: 'a notification',
} as const;

/**
 * A status that isn't an end contradicts nothing, and a refund that is still looked after has time to reach its end. What
 * a record lacks, a message that takes itself back by its code needn't add.
 */
function isOpen(message: Message, record: Refund, field: Decisive): boolean {
  if (field !== 'sta_refund') return record[field] === undefined && (message.ret_code ?? '0000') !== '0000';
  return (message.sta_refund ?? '') < '2' || record.next_check_at !== undefined;
}

function isTelling({ level, facts }: Line, message: Message, field: Decisive): boolean {
  const isCounted = facts.metrics?.Conflicts || facts.metrics?.UnrecordedMessages;
  if (level !== 'error' || facts.no_refund !== message.no_refund || !isCounted) return false;
  const told = [facts.message, facts.contradiction] as (Message | undefined)[];
  return told.some((told) => told?.[field] === message[field]);
}
