import type { DeadLetter, RefundEvent } from '../../shared/app/ports/publishing.ts';
import { shardOf } from '../../shared/app/schedule.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { Reply } from '../../shared/gateway/transport.ts';
import type { CallerRequest } from './callers.ts';
import { LogChecks } from './checks-on-log.ts';
import {
  completeStatus,
  contradicts,
  violationOfNotification,
  violationOfReturn,
} from './checks-on-messages.ts';
import { PublishingChecks } from './checks-on-publishing.ts';
import { hasMessage, SendChecks } from './checks-on-sends.ts';
import { StoryChecks } from './checks-on-story.ts';
import { ARTICLE, VerifiedMessageChecks } from './checks-on-verified-messages.ts';
import { violationOfWait, violationOfWrite } from './checks-on-writes.ts';
import type { SentMessage } from './gateway/ledger.ts';
import { fromJson, type Message } from './gateway/wire.ts';
import type { Line } from './log.ts';
import type { Process, ReadMessage } from './process.ts';
import type { StoryTable } from './stories.ts';
import type { Outcome, World } from './world.ts';

/** With less time left than this, and an exchange with the gateway, a run takes nothing up. */
const TAKING_UP_MS = 1_000;

const NOT_FOUND = ['8901', '5002', '9093'];
const DUPLICATES = ['1002', '2005', '2007', '4002', '9983'];

/** An answer as a process receives it. */
export interface ReceivedAnswer {
  reply: Reply;
  isQuery: boolean;
  /** It is just what the gateway has answered: neither broken nor forged. */
  isIntact: boolean;
}

/** Checks the promises at every step. Keeps the first violation. */
export class Checks {
  violation: string | undefined;
  /** Numbers about which an impostor has answered with an unsigned code. */
  readonly forgedCodes = new Set<string>();
  readonly requests = new Map<string, CallerRequest[]>();
  /** Until when an operator holds a refund. */
  readonly heldByHand = new Map<string, number>();
  readonly stories: StoryChecks;
  readonly #world: World;
  readonly #sends: SendChecks;
  readonly #replacedTokens = new Set<string>();
  readonly #messages: VerifiedMessageChecks;
  readonly #publishing: PublishingChecks;
  readonly #log: LogChecks;

  constructor(world: World) {
    this.#world = world;
    this.stories = new StoryChecks(world);
    this.#sends = new SendChecks(world);
    this.#messages = new VerifiedMessageChecks(world);
    this.#publishing = new PublishingChecks(world);
    this.#log = new LogChecks(world);
  }

  fail(text: string | undefined): void {
    if (!text || this.violation) return;
    this.violation = text;
    this.#world.history.add('CHECK', () => `VIOLATED: ${text}`);
  }

  onWrite(before: Refund | undefined, after: Refund): void {
    const { history, writer, gateway, scheduler, settings } = this.#world;
    history.add(writer?.name ?? 'table', () => `writes ${changesIn(before, after)}`);
    if (writer?.hasRecordedNothing) this.fail('something was recorded after the answer ServiceUnavailable');
    this.#sends.onWrite(writer, before, after);
    this.#messages.onWrite(before, after, writer);
    this.#publishing.onWrite(before, after);
    this.#log.onWrite(before, after, writer);
    if (!before && after.kind === 'external' && !after.dt_refund)
      this.#world.reach('an external refund without a date');
    this.fail(this.#violationOfToken(before?.task_token, after.task_token));
    this.fail(violationOfWrite(before, after, gateway.ledger));
    this.fail(violationOfWait(before, after, writer?.nowMs() ?? scheduler.nowMs, settings.resendUntilMs));
  }

  /** Every application brings a token of its own: one that was replaced must not come back. */
  #violationOfToken(before: string | undefined, after: string | undefined): string | undefined {
    if (before === after) return undefined;
    if (before) this.#replacedTokens.add(before);
    return after && this.#replacedTokens.has(after) ? 'an older task token came back' : undefined;
  }

  /** A process sends a query. */
  onQuerySent(process: Process, noRefund: string): void {
    process.queried.set(noRefund, { atMs: process.nowMs(), isNotFound: false, isConfirmed: false });
  }

  /** When the latest attempt at a refund was begun, by the clock of who began it. */
  begunAtMs(noRefund: string): number | undefined {
    return this.#sends.begunAtMs.get(noRefund);
  }

  onSend(process: Process, noRefund: string, body: string): () => void {
    const { violation, close } = this.#sends.begin(process, noRefund, body);
    this.fail(violation);
    this.stories.onSend(noRefund);
    return close;
  }

  /** An application has arrived at the gateway. */
  onRequest(path: string, request: Message, first: Message | undefined): void {
    const { sign: _sign, ...fields } = request;
    const { sign: _first, ...firstFields } = first ?? request;
    if (JSON.stringify(fields) !== JSON.stringify(firstFields))
      this.fail('two attempts sent different requests');
    const kind = this.#world.table.items.get(request.no_refund as string)?.kind;
    const wanted = kind === 'exchange-refund' ? '/exchangerefund.htm' : '/refund.htm';
    if (kind && path !== wanted) this.fail(`a refund of kind ${kind} was sent to ${path}`);
    if (!kind) this.fail('a request arrived without a record');
  }

  /** An answer is about to be delivered to a process. */
  onAnswerReceived(process: Process, noRefund: string, { reply, isQuery, isIntact }: ReceivedAnswer): void {
    const { ledger } = this.#world.gateway;
    const code = fromJson(reply.text)?.ret_code ?? '';
    const isNotFound = reply.status === 200 && NOT_FOUND.includes(code);
    const queried = process.queried.get(noRefund);
    if (queried) process.queried.set(noRefund, { ...queried, isNotFound, isConfirmed: false });
    if (!isIntact) return;
    const sent = ledger.messageOf(reply.text);
    if (sent) this.#onVerified(process, sent, isQuery ? 'query' : 'answer');
    if (sent) this.stories.onHeard(isQuery ? 'query' : 'answer', reply.text);
    if (!isQuery && DUPLICATES.includes(code)) process.duplicates.add(noRefund);
    if (isQuery && isNotFound) this.#onNotFound(process, noRefund, queried?.atMs ?? 0);
  }

  #onNotFound(process: Process, noRefund: string, queriedAtMs: number): void {
    const { table, settings } = this.#world;
    if (process.duplicates.has(noRefund)) {
      this.#world.reach('a duplicate is not found');
      process.expectedMetrics.push([noRefund, 'DuplicatesNotFound']);
    }
    const record = table.items.get(noRefund);
    const isHeld = process.leases.has(noRefund) && process.leases.get(noRefund) === record?.attempt_id;
    const isLate = queriedAtMs - (record?.last_attempt_at ?? queriedAtMs) >= settings.resendAfterMs;
    if (record?.status === 'REQUESTED' && isHeld && isLate && !hasMessage(record))
      process.confirmedNotFound.add(noRefund);
  }

  /**
   * A run of reconciliation has returned; `due` are the refunds that it must have checked, unless another run had them
   * to check.
   */
  onReconciled(process: Process, due: Refund[]): void {
    const { table } = this.#world;
    const [held] = process.heldShards;
    if (held) this.fail(`${process.name} has ended with the lease of shard ${held}`);
    // A part whose lease is acquired needs time for a check and the end of the run (shared/app/reconciliation/others.ts).
    if (process.failedCalls + process.failedKeys > 0 || !process.hasTime(TAKING_UP_MS)) return;
    const isOfAnother = ({ no_refund }: Refund) => process.refusedShards.has(shardOf(no_refund));
    const left = due.find((refund) => table.items.get(refund.no_refund) === refund && !isOfAnother(refund));
    if (left) this.fail(`${process.name} had time left and did not check ${left.no_refund}`);
  }

  /** A process has read a notification. */
  onNotificationRead(process: Process, text: string): void {
    const sent = this.#world.gateway.ledger.messageOf(text);
    if (sent) this.#onVerified(process, sent, 'notification');
    if (sent) this.stories.onHeard('notification', text);
  }

  #onVerified(
    process: Process,
    { message, isReadable, isByOldKey }: SentMessage,
    via: ReadMessage['via'],
  ): void {
    const { table } = this.#world;
    const { no_refund = '', money_refund, sta_refund } = message;
    if (!isReadable) {
      this.#world.reach(`${ARTICLE[via]} without its documented form`);
      if (via === 'notification') process.expectedMetrics.push([no_refund, 'UnreadableMessages']);
      return;
    }
    // A process without the gateway's new key can't verify a message that is signed with it. And an answer whose code
    // isn't 0000 is in doubt, whatever its fields say.
    if (via !== 'notification' && (!isByOldKey || message.ret_code !== '0000')) return;
    if (!money_refund || !sta_refund) this.#world.reach(`an incomplete ${via === 'query' ? 'answer' : via}`);
    const record = table.items.get(no_refund);
    if (record && via === 'query') this.#onFound(process, message, record);
    if (record && contradicts(message, record)) this.#world.reach(`${ARTICLE[via]} contradicts the record`);
    this.#messages.onRead(process, { message, via });
  }

  /** A repeated application whose query finds a rejected refund as paid must count that. */
  #onFound(process: Process, message: Message, record: Refund): void {
    const status = completeStatus(message);
    const isPaid = status && status !== 'FAILED' && record.status !== 'FAILED';
    const isUnsent = process.reapplied.has(record.no_refund) && !process.sent.has(record.no_refund);
    if (isPaid && isUnsent && !contradicts(message, record))
      process.expectedMetricsIfRecorded.push([record.no_refund, 'PaidAfterRefusal']);
  }

  onLine(line: Line): void {
    this.fail(this.#log.violationOfLine(line));
  }

  onReturn(process: Process, outcome: Outcome<unknown>): void {
    this.fail(violationOfReturn(process, outcome, this.#world.table) ?? this.#log.violationOfReturn(process));
  }

  /** The gateway has the answer to its notification. */
  onNotificationAnswered(
    process: Process,
    { message, isReadable }: SentMessage,
    outcome: Outcome<void>,
  ): void {
    const { table, settings } = this.#world;
    if (outcome.type === 'answer') {
      if (!isReadable) this.fail('a notification without its documented form was acknowledged');
      this.#messages.onAcknowledged(message);
      this.fail(violationOfNotification(message, table) ?? this.#messages.violationOfAcknowledged(message));
    }
    if (outcome.type === 'error' && process.failedCalls + process.failedKeys === 0) {
      const mayReject = settings.rotatesGatewayKey || !isReadable;
      if (!mayReject) this.fail(`a genuine notification was rejected: ${outcome.error}`);
    }
  }

  /** An event has reached the bus. */
  onEvent(event: RefundEvent): void {
    this.fail(this.#publishing.onEvent(event));
  }

  /** A task is completed. Returns whether its state machine still waited. */
  onTask(token: string, end: string, refund: object): boolean {
    const { wasWaiting, violation } = this.#publishing.onTask(token, end, refund);
    this.fail(violation);
    return wasWaiting;
  }

  onDeadLetter(letter: DeadLetter): void {
    this.#publishing.onDeadLetter(letter);
  }

  /** Nothing is in flight: everything that must be logged or published has been. */
  onEnd(): void {
    this.fail(
      this.#messages.violationAtTheEnd() ??
        this.#log.violationAtTheEnd() ??
        this.#publishing.violationAtTheEnd(),
    );
  }

  /** Everything that the stream has told is recorded. */
  onStories(table: StoryTable): void {
    this.fail(this.stories.violationAtTheEnd(table));
  }

  onForgedNotification(outcome: Outcome<void>): void {
    if (outcome.type === 'answer') this.fail('a forged notification was acknowledged');
  }

  onForgedCode(noRefund: string): void {
    this.forgedCodes.add(noRefund);
    this.#world.gateway.ledger.forgedCodes.add(noRefund);
  }

  onApplied(request: CallerRequest): void {
    const noRefund = request.input.no_refund as string;
    this.requests.set(noRefund, [...(this.requests.get(noRefund) ?? []), request]);
  }

  /** A caller has received its answer. */
  onAnswered(process: Process, request: CallerRequest, outcome: Outcome<Refund>): void {
    if (outcome.type === 'died') return;
    const noRefund = request.input.no_refund as string;
    this.#reachOldRejected(process, noRefund);
    if (outcome.type === 'answer') this.#log.onApplied(noRefund, process);
    const record = this.#world.table.items.get(noRefund);
    const name = outcome.type === 'error' ? (outcome.error as Error).name : 'answer';
    if (name === 'ServiceUnavailable' || name === 'OutcomeUnknown') {
      if (process.sends > 0) this.fail(`${name}, although something was sent`);
      process.hasRecordedNothing = name === 'ServiceUnavailable';
      if (process.hasRecordedNothing && process.lastWrites.has(noRefund))
        this.fail('ServiceUnavailable, although something was recorded');
      return;
    }
    if (!record) {
      this.fail(`answered with ${name}, and there is no record`);
      return;
    }
    const differing = differencesOf(request, record).join();
    const answered = name === 'RefundConflict' ? issuesOf(outcome).join() : '';
    if (differing !== answered)
      this.fail(`the request differs in "${differing}", and the answer was ${name} "${answered}"`);
  }

  #reachOldRejected(process: Process, noRefund: string): void {
    const { table, scheduler, settings } = this.#world;
    const record = table.items.get(noRefund);
    const isUnanswered = process.reapplied.has(noRefund) && !process.queried.get(noRefund)?.isNotFound;
    const isOld = record && scheduler.nowMs - Date.parse(record.created_at) > settings.resendUntilMs;
    if (isUnanswered && isOld && record.status === 'REQUESTED')
      this.#world.reach('an old rejected refund is applied for again, and the query fails');
  }
}

/** The paths of an error's issues. */
function issuesOf(outcome: Outcome<unknown>): string[] {
  const error = outcome.type === 'error' ? (outcome.error as { details?: object }) : undefined;
  const { issues = [] } = (error?.details ?? {}) as { issues?: { path: string }[] };
  return issues.map(({ path }) => path).sort();
}

/** The fields of a caller's request that differ from the record; a field that is left out matches. */
export function differencesOf({ kind, input }: CallerRequest, record: Refund): string[] {
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
