import { randomDelay } from '../random-delay.ts';
import type { World } from '../world.ts';
import { inconsistentMessage, malformedMessage } from './faulty-messages.ts';
import type { Gateway } from './gateway.ts';
import type { LedgerEntry, StaRefund } from './ledger.ts';
import type { Message } from './wire.ts';

const REPEAT_AFTER_MS = 120_000;
const MAX_TRIES = 4;

/** Brings each refund to its end, and sends notifications until they are acknowledged. */
export class Notifier {
  readonly #world: World;
  readonly #gateway: Gateway;

  constructor(world: World, gateway: Gateway) {
    this.#world = world;
    this.#gateway = gateway;
  }

  /** A refund has come to a status: notifies, and goes on to the next status. */
  progress(entry: LedgerEntry): void {
    const { random, scheduler, history } = this.#world;
    if (entry.staRefund >= '2' || random.chance(0.4)) this.#notify(entry, entry.staRefund);
    if (entry.staRefund >= '2') {
      this.#notifyInconsistently(entry);
      return;
    }
    scheduler.after(randomDelay(random, 4), () => {
      const next: StaRefund[] = entry.staRefund === '0' ? ['1', '2', '2', '3'] : ['2', '2', '3'];
      entry.staRefund = random.pick(next);
      const fromMs = Math.max(scheduler.nowMs, entry.visible[0]?.fromMs ?? 0);
      entry.visible.push({ staRefund: entry.staRefund, fromMs });
      history.add('gateway', () => `brings ${entry.request.no_refund} to status ${entry.staRefund}`);
      this.progress(entry);
    });
  }

  /** Pays a refund that was not applied for through the service, and notifies. */
  notifyExternal(request: Message): void {
    const staRefund = this.#world.random.pick<StaRefund>(['1', '2', '3']);
    const entry = this.#gateway.ledger.add(request, this.#world.scheduler.nowMs, staRefund);
    this.#notify(entry, staRefund);
    if (staRefund === '1') this.progress(entry);
  }

  #notify(entry: LedgerEntry, staRefund: StaRefund): void {
    const { random, faults } = this.#world;
    const code: Message = random.chance(0.5) ? { ret_code: '0000', ret_msg: '交易成功' } : {};
    const message = { ...code, ...this.#gateway.statusMessage(entry, staRefund) };
    const { settings } = this.#world;
    if (random.chance(faults.malformedMessage)) this.#post(malformedMessage(random, message), 2, false);
    // An incomplete notification comes first, and may be the only one for a time.
    if (random.chance(settings.hasInconsistentGateway ? 0.6 : 0.05)) {
      const { [random.pick(['money_refund', 'sta_refund'])]: _omitted, ...rest } = message;
      this.#post(rest, 1);
      if (random.chance(0.5)) {
        this.#world.scheduler.after(REPEAT_AFTER_MS, () => this.#post(message, MAX_TRIES));
        return;
      }
    }
    this.#post(message, MAX_TRIES);
    if (random.chance(faults.repeatedNotification)) this.#post(message, 1);
  }

  #post(message: Message, tries: number, isReadable = true): void {
    const { random, faults, settings, scheduler, history } = this.#world;
    if (tries === 0) return;
    const repeat = () => scheduler.after(REPEAT_AFTER_MS, () => this.#post(message, tries - 1, isReadable));
    if (random.chance(faults.lostNotification)) {
      history.add('network', () => `loses a notification of ${message.no_refund}`);
      repeat();
      return;
    }
    const text = this.#gateway.signMessage(message, isReadable);
    const delayMs = random.chance(faults.slowNotification)
      ? randomDelay(random)
      : random.between(2, settings.hasTightTiming ? 300 : 2_000);
    scheduler.after(delayMs, () => this.#world.notify(text, repeat));
  }

  /** After the end it may also send a message that contradicts it. */
  #notifyInconsistently(entry: LedgerEntry): void {
    const { random, settings } = this.#world;
    if (!settings.hasInconsistentGateway || random.chance(0.3)) return;
    this.#gateway.ledger.inconsistent.add(entry.request.no_refund as string);
    this.#post(inconsistentMessage(random, this.#gateway.statusMessage(entry, entry.staRefund)), MAX_TRIES);
  }
}
