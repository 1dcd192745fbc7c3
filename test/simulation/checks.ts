import type { DeadLetter, RefundEvent } from '../../shared/app/ports/publishing.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { Reply } from '../../shared/gateway/transport.ts';
import type { Wish } from './callers.ts';
import { Told } from './checks-on-log.ts';
import { contradicts, faultOfNotified, faultOfReturn, wholeStatus } from './checks-on-messages.ts';
import { Publishing } from './checks-on-publishing.ts';
import { isSpokenOf, Sends } from './checks-on-sends.ts';
import { faultOfWait, faultOfWrite } from './checks-on-writes.ts';
import type { Signed } from './gateway/books.ts';
import { fromJson, type Message } from './gateway/wire.ts';
import type { Line } from './log.ts';
import type { Process, Read } from './process.ts';
import { ARTICLE, VerifiedMessages } from './verified-messages.ts';
import type { Outcome, World } from './world.ts';

const NOT_FOUND = ['8901', '5002', '9093'];
const DUPLICATES = ['1002', '2005', '2007', '4002', '9983'];

/** What a process hears of the gateway's answer. */
export interface Heard {
  reply: Reply;
  isQuery: boolean;
  isIntact: boolean;
}

/** Watches over the promises, at every step. The first one that is broken is kept. */
export class Checks {
  violation: string | undefined;
  /** Numbers about which somebody lied with a code that needs no signature. */
  readonly liedAbout = new Set<string>();
  readonly wishes = new Map<string, Wish[]>();
  /** Until when somebody holds a refund. */
  readonly heldByHand = new Map<string, number>();
  readonly #world: World;
  readonly #sends: Sends;
  readonly #replacedTokens = new Set<string>();
  readonly #messages: VerifiedMessages;
  readonly #publishing: Publishing;
  readonly #told: Told;

  constructor(world: World) {
    this.#world = world;
    this.#sends = new Sends(world);
    this.#messages = new VerifiedMessages(world);
    this.#publishing = new Publishing(world);
    this.#told = new Told(world);
  }

  fail(words: string | undefined): void {
    if (!words || this.violation) return;
    this.violation = words;
    this.#world.history.tell('CHECK', () => `VIOLATED: ${words}`);
  }

  onWrite(before: Refund | undefined, after: Refund): void {
    const { history, writer, gateway, scheduler, climate } = this.#world;
    history.tell(writer?.name ?? 'table', () => `writes ${changesIn(before, after)}`);
    if (writer?.hasRecordedNothing) this.fail('something was recorded after the answer ServiceUnavailable');
    this.#sends.onWrite(writer, before, after);
    this.#messages.onWrite(before, after, writer);
    this.#publishing.onWrite(before, after);
    this.#told.onWrite(before, after, writer);
    if (!before && after.kind === 'external' && !after.dt_refund)
      this.#world.reach('an external refund without a date');
    this.fail(this.#faultOfToken(before?.task_token, after.task_token));
    this.fail(faultOfWrite(before, after, gateway.books));
    this.fail(faultOfWait(before, after, writer?.nowMs() ?? scheduler.nowMs, climate.resendUntilMs));
  }

  /** Every application brings a token of its own: one that was replaced must not come back. */
  #faultOfToken(before: string | undefined, after: string | undefined): string | undefined {
    if (before === after) return undefined;
    if (before) this.#replacedTokens.add(before);
    return after && this.#replacedTokens.has(after) ? 'an older task token came back' : undefined;
  }

  /** A question about a refund leaves a process. */
  onAsk(process: Process, noRefund: string): void {
    process.asked.set(noRefund, { atMs: process.nowMs(), isNotFound: false, isConfirmed: false });
  }

  /** When the latest attempt at a refund was begun, by the clock of who began it. */
  begunAtMs(noRefund: string): number | undefined {
    return this.#sends.begunAtMs.get(noRefund);
  }

  onSend(process: Process, noRefund: string, body: string): () => void {
    const { fault, close } = this.#sends.begin(process, noRefund, body);
    this.fail(fault);
    return close;
  }

  /** An application has arrived at the gateway. */
  onRequest(path: string, request: Message, first: Message | undefined): void {
    const { sign: _sign, ...asked } = request;
    const { sign: _first, ...before } = first ?? request;
    if (JSON.stringify(asked) !== JSON.stringify(before)) this.fail('two attempts sent different requests');
    const kind = this.#world.table.items.get(request.no_refund as string)?.kind;
    const wanted = kind === 'exchange-refund' ? '/exchangerefund.htm' : '/refund.htm';
    if (kind && path !== wanted) this.fail(`a refund of kind ${kind} was sent to ${path}`);
    if (!kind) this.fail('a request arrived of which there is no record');
  }

  /** A reply is about to be handed to a process; `isIntact` where it is just what the gateway has answered. */
  onHeard(process: Process, noRefund: string, { reply, isQuery, isIntact }: Heard): void {
    const { books } = this.#world.gateway;
    const code = fromJson(reply.text)?.ret_code ?? '';
    const isNotFound = reply.status === 200 && NOT_FOUND.includes(code);
    const asked = process.asked.get(noRefund);
    if (asked) process.asked.set(noRefund, { ...asked, isNotFound, isConfirmed: false });
    if (!isIntact) return;
    const signed = books.signedAs(reply.text);
    if (signed) this.#onSigned(process, signed, isQuery ? 'query' : 'answer');
    if (!isQuery && DUPLICATES.includes(code)) process.duplicates.add(noRefund);
    if (isQuery && isNotFound) this.#onNotFound(process, noRefund, asked?.atMs ?? 0);
  }

  #onNotFound(process: Process, noRefund: string, askedAtMs: number): void {
    const { table, climate } = this.#world;
    if (process.duplicates.has(noRefund)) {
      this.#world.reach('a duplicate is not found');
      process.owed.push([noRefund, 'DuplicatesNotFound']);
    }
    const record = table.items.get(noRefund);
    const isHeld = record?.status === 'REQUESTED' && process.holds.get(noRefund) === record.attempt_id;
    const isLate = askedAtMs - (record?.last_attempt_at ?? askedAtMs) >= climate.resendAfterMs;
    if (isHeld && isLate && !isSpokenOf(record)) process.confirmedMissing.add(noRefund);
  }

  /** A run of reconciliation has ended in an orderly way; `due` is what it must have found, and done something about. */
  onReconciled(process: Process, due: Refund[]): void {
    const { table } = this.#world;
    if (process.failedCalls + process.failedKeys > 0 || !process.hasTime()) return;
    const left = due.find((refund) => table.items.get(refund.no_refund) === refund);
    if (left) this.fail(`${process.name} had time, and left ${left.no_refund} unchecked`);
  }

  /** A notification has been opened by a process. */
  onOpened(process: Process, text: string): void {
    const signed = this.#world.gateway.books.signedAs(text);
    if (signed) this.#onSigned(process, signed, 'notification');
  }

  #onSigned(process: Process, { message, isReadable, isByOldKey }: Signed, via: Read['via']): void {
    const { table } = this.#world;
    const { no_refund = '', money_refund, sta_refund } = message;
    if (!isReadable) {
      this.#world.reach(`${ARTICLE[via]} without its documented form`);
      if (via === 'notification') process.owed.push([no_refund, 'UnreadableMessages']);
      return;
    }
    // Whoever hasn't fetched the new key yet can't read what it has signed; and another code than 0000 makes an answer
    // one in doubt, whatever its fields say.
    if (via !== 'notification' && (!isByOldKey || message.ret_code !== '0000')) return;
    if (!money_refund || !sta_refund) this.#world.reach(`an incomplete ${via === 'query' ? 'answer' : via}`);
    const record = table.items.get(no_refund);
    if (record && via === 'query') this.#onFound(process, message, record);
    if (record && contradicts(message, record)) this.#world.reach(`${ARTICLE[via]} contradicts the record`);
    this.#messages.onRead(process, { message, via });
  }

  /** A repeated application that finds the refund after a refusal tells that it was paid all the same. */
  #onFound(process: Process, message: Message, record: Refund): void {
    const said = wholeStatus(message);
    const isPaid = said && said !== 'FAILED' && record.status !== 'FAILED';
    const isUnsent = process.reapplied.has(record.no_refund) && !process.sent.has(record.no_refund);
    if (isPaid && isUnsent && !contradicts(message, record))
      process.owedOfRecorded.push([record.no_refund, 'PaidAfterRefusal']);
  }

  onLine(line: Line): void {
    this.fail(this.#told.faultOfLine(line));
  }

  onReturn(process: Process, outcome: Outcome<unknown>): void {
    this.fail(faultOfReturn(process, outcome, this.#world.table) ?? this.#told.faultOfReturn(process));
  }

  /** Whoever posted a notification has its answer. */
  onNotified(process: Process, { message, isReadable }: Signed, outcome: Outcome<void>): void {
    const { table, climate } = this.#world;
    if (outcome.type === 'answer') {
      if (!isReadable) this.fail('a notification without its documented form was acknowledged');
      this.#messages.onAcknowledged(message);
      this.fail(faultOfNotified(message, table) ?? this.#messages.faultOfAcknowledged(message));
    }
    if (outcome.type === 'error' && process.failedCalls + process.failedKeys === 0) {
      const isExcused = climate.rotatesGatewayKey || !isReadable;
      if (!isExcused) this.fail(`a notification of the gateway was turned away: ${outcome.error}`);
    }
  }

  /** An event has reached the bus. */
  onEvent(event: RefundEvent): void {
    this.fail(this.#publishing.onEvent(event));
  }

  /** A state machine is answered. Says whether it still waited. */
  onTask(token: string, end: string, refund: object): boolean {
    const { isHeard, fault } = this.#publishing.onTask(token, end, refund);
    this.fail(fault);
    return isHeard;
  }

  onDeadLetter(letter: DeadLetter): void {
    this.#publishing.onDeadLetter(letter);
  }

  /** The world is calm: whatever was to be told must have been told by now. */
  onEnd(): void {
    this.fail(
      this.#messages.faultAtTheEnd() ?? this.#told.faultAtTheEnd() ?? this.#publishing.faultAtTheEnd(),
    );
  }

  onForgery(outcome: Outcome<void>): void {
    if (outcome.type === 'answer') this.fail('a forged notification was taken in');
  }

  onLie(noRefund: string): void {
    this.liedAbout.add(noRefund);
    this.#world.gateway.books.liedAbout.add(noRefund);
  }

  onApplied(wish: Wish): void {
    const noRefund = wish.input.no_refund as string;
    this.wishes.set(noRefund, [...(this.wishes.get(noRefund) ?? []), wish]);
  }

  /** A caller has its answer. */
  onAnswered(process: Process, wish: Wish, outcome: Outcome<Refund>): void {
    if (outcome.type === 'died') return;
    const noRefund = wish.input.no_refund as string;
    this.#lookForOldRefusal(process, noRefund);
    if (outcome.type === 'answer') this.#told.onApplied(noRefund, process);
    const record = this.#world.table.items.get(noRefund);
    const name = outcome.type === 'error' ? (outcome.error as Error).name : 'answer';
    if (name === 'ServiceUnavailable' || name === 'OutcomeUnknown') {
      if (process.sends > 0) this.fail(`${name}, although something was sent`);
      process.hasRecordedNothing = name === 'ServiceUnavailable';
      if (process.hasRecordedNothing && process.wrote.has(noRefund))
        this.fail('ServiceUnavailable, although something was recorded');
      return;
    }
    if (!record) {
      this.fail(`answered with ${name}, and there is no record`);
      return;
    }
    const differing = differencesOf(wish, record).join();
    const told = name === 'RefundConflict' ? issuesOf(outcome).join() : '';
    if (differing !== told)
      this.fail(`what differs is "${differing}", and it was answered with ${name} "${told}"`);
  }

  #lookForOldRefusal(process: Process, noRefund: string): void {
    const { table, scheduler, climate } = this.#world;
    const record = table.items.get(noRefund);
    const isUnanswered = process.reapplied.has(noRefund) && !process.asked.get(noRefund)?.isNotFound;
    const isOld = record && scheduler.nowMs - Date.parse(record.created_at) > climate.resendUntilMs;
    if (isUnanswered && isOld && record.status === 'REQUESTED')
      this.#world.reach('an old refusal is applied for again, and the query fails');
  }
}

/** The paths of an error's issues. */
function issuesOf(outcome: Outcome<unknown>): string[] {
  const error = outcome.type === 'error' ? (outcome.error as { details?: object }) : undefined;
  const { issues = [] } = (error?.details ?? {}) as { issues?: { path: string }[] };
  return issues.map(({ path }) => path).sort();
}

/** What differs between a record and what a caller wished for: what was left out matches. */
export function differencesOf({ kind, input }: Wish, record: Refund): string[] {
  const fields = Object.keys(input) as (keyof Refund)[];
  const isOther = (field: keyof Refund) =>
    field === 'money_refund'
      ? Number(input[field]) !== Number(record[field])
      : input[field as string] !== record[field];
  return [...(kind === record.kind ? [] : ['kind']), ...fields.filter(isOther)].sort();
}

function changesIn(before: Refund | undefined, after: Refund): string {
  const fields = Object.keys({ ...before, ...after }) as (keyof Refund)[];
  const changed = fields.filter((field) => before?.[field] !== after[field] && field !== 'updated_at');
  return `${after.no_refund}: ${changed.map((field) => `${field}=${JSON.stringify(after[field]) ?? 'none'}`).join(' ')}`;
}
