import type { Refund } from '../../shared/domain/refund.ts';
import type { Reply } from '../../shared/gateway/transport.ts';
import type { Wish } from './callers.ts';
import { faultOfNotified, faultOfReturn, GatewayNumbers } from './checks-on-messages.ts';
import { Sends } from './checks-on-sends.ts';
import { faultOfWrite } from './checks-on-writes.ts';
import { fromJson, type Message } from './gateway/wire.ts';
import { OID_PARTNER } from './merchant.ts';
import type { Process } from './process.ts';
import type { Outcome, World } from './world.ts';

/** Watches over the promises, at every step. The first one that is broken is kept. */
export class Checks {
  violation: string | undefined;
  /** Numbers about which somebody lied with a code that needs no signature. */
  readonly liedAbout = new Set<string>();
  readonly wishes = new Map<string, Wish[]>();
  readonly #world: World;
  readonly #sends: Sends;
  readonly #replacedTokens = new Set<string>();
  readonly #numbers = new GatewayNumbers();

  constructor(world: World) {
    this.#world = world;
    this.#sends = new Sends(world);
  }

  fail(words: string | undefined): void {
    if (!words || this.violation) return;
    this.violation = words;
    this.#world.history.tell('CHECK', () => `VIOLATED: ${words}`);
  }

  onWrite(before: Refund | undefined, after: Refund): void {
    const { history, writer, gateway } = this.#world;
    history.tell(writer?.name ?? 'table', () => `writes ${changesIn(before, after)}`);
    this.#sends.onWrite(writer, before, after);
    this.fail(this.#faultOfToken(before?.task_token, after.task_token));
    this.fail(faultOfWrite(before, after, gateway.books));
  }

  /** Every application brings a token of its own: one that was replaced must not come back. */
  #faultOfToken(before: string | undefined, after: string | undefined): string | undefined {
    if (before === after) return undefined;
    if (before) this.#replacedTokens.add(before);
    return after && this.#replacedTokens.has(after) ? 'an older task token came back' : undefined;
  }

  /** A question about a refund leaves a process. */
  onAsk(process: Process, noRefund: string): void {
    process.asked.set(noRefund, { isNotFound: false, isConfirmed: false });
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

  /** A reply is about to be handed to a process. */
  onHeard(process: Process, noRefund: string, reply: Reply): void {
    const { climate, table, gateway } = this.#world;
    const message = reply.status === 200 ? fromJson(reply.text) : undefined;
    const isNotFound = ['8901', '5002', '9093'].includes(message?.ret_code ?? '');
    if (process.asked.has(noRefund)) process.asked.set(noRefund, { isNotFound, isConfirmed: false });
    if (message?.ret_code !== '0000' || climate.rotatesGatewayKey || !gateway.isOwn(message)) return;
    if (message.no_refund !== noRefund || message.oid_partner !== OID_PARTNER) return;
    const { money_refund = '', sta_refund = '' } = message;
    const isWhole = money_refund !== '' && sta_refund !== '';
    if (isWhole && money_refund !== table.items.get(noRefund)?.money_refund) return;
    process.heard.push({ noRefund, staRefund: isWhole ? sta_refund : undefined });
  }

  onReturn(process: Process, outcome: Outcome<unknown>): void {
    this.fail(faultOfReturn(process, outcome, this.#world.table));
  }

  onNotified(process: Process, message: Message, outcome: Outcome<void>): void {
    if (outcome.type === 'answer') {
      this.fail(
        faultOfNotified(message, this.#world.table) ?? this.#numbers.faultOf(message, this.#world.table),
      );
    }
    if (outcome.type === 'error' && process.failedCalls === 0) {
      const isExcused = this.#world.climate.rotatesGatewayKey || message.sta_refund === '7';
      if (!isExcused) this.fail(`a notification of the gateway was turned away: ${outcome.error}`);
    }
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
    const record = this.#world.table.items.get(noRefund);
    const name = outcome.type === 'error' ? (outcome.error as Error).name : 'answer';
    if (name === 'ServiceUnavailable' || name === 'OutcomeUnknown') {
      if (process.sends > 0) this.fail(`${name}, although something was sent`);
      return;
    }
    if (!record) {
      this.fail(`answered with ${name}, and there is no record`);
      return;
    }
    const isSame = isAskedFor(wish, record);
    if (isSame === (name === 'RefundConflict')) {
      this.fail(
        isSame ? 'a repetition was called a conflict' : `other parameters were answered with ${name}`,
      );
    }
  }
}

/** Whether a record is of what a caller wished for, by its fields. */
export function isAskedFor({ kind, input }: Wish, record: Refund): boolean {
  return (
    record.kind === kind &&
    Number(record.money_refund) === Number(input.money_refund) &&
    record.no_order === input.no_order &&
    [undefined, record.dt_refund].includes(input.dt_refund) &&
    [undefined, record.notify_url].includes(input.notify_url)
  );
}

function changesIn(before: Refund | undefined, after: Refund): string {
  const fields = Object.keys({ ...before, ...after }) as (keyof Refund)[];
  const changed = fields.filter((field) => before?.[field] !== after[field] && field !== 'updated_at');
  return `${after.no_refund}: ${changed.map((field) => `${field}=${JSON.stringify(after[field]) ?? 'none'}`).join(' ')}`;
}
