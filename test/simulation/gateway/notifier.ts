import { someTime } from '../some-time.ts';
import type { World } from '../world.ts';
import type { Booking, StaRefund } from './books.ts';
import type { Gateway } from './gateway.ts';
import { malformed, slip } from './slips.ts';
import type { Message } from './wire.ts';

const AGAIN_MS = 120_000;
const TIMES = 4;

/** Brings bookings to their end, and notifies of it until somebody acknowledges. */
export class Notifier {
  readonly #world: World;
  readonly #gateway: Gateway;

  constructor(world: World, gateway: Gateway) {
    this.#world = world;
    this.#gateway = gateway;
  }

  /** A booking has come to a status: tells of it, and goes on to the next. */
  progress(booking: Booking): void {
    const { random, scheduler, history } = this.#world;
    if (booking.staRefund >= '2' || random.chance(0.4)) this.#notify(booking, booking.staRefund);
    if (booking.staRefund >= '2') {
      this.#slip(booking);
      return;
    }
    scheduler.after(someTime(random, 4), () => {
      const next: StaRefund[] = booking.staRefund === '0' ? ['1', '2', '2', '3'] : ['2', '2', '3'];
      booking.staRefund = random.pick(next);
      const fromMs = Math.max(scheduler.nowMs, booking.shown[0]?.fromMs ?? 0);
      booking.shown.push({ staRefund: booking.staRefund, fromMs });
      history.tell('gateway', () => `brings ${booking.request.no_refund} to status ${booking.staRefund}`);
      this.progress(booking);
    });
  }

  /** A refund that the merchant made elsewhere: the service has no record of it. */
  tellOfOther(request: Message): void {
    const staRefund = this.#world.random.pick<StaRefund>(['1', '2', '3']);
    const booking = this.#gateway.books.book(request, this.#world.scheduler.nowMs, staRefund);
    this.#notify(booking, staRefund);
    if (staRefund === '1') this.progress(booking);
  }

  #notify(booking: Booking, staRefund: StaRefund): void {
    const { random, weather } = this.#world;
    const code: Message = random.chance(0.5) ? { ret_code: '0000', ret_msg: '交易成功' } : {};
    const message = { ...code, ...this.#gateway.statement(booking, staRefund) };
    const { climate } = this.#world;
    if (random.chance(weather.malformed)) this.#post(malformed(random, message), 2, false);
    // One that says too little comes first, and may be all that comes for a time.
    if (random.chance(climate.slips ? 0.6 : 0.05)) {
      const { [random.pick(['money_refund', 'sta_refund'])]: _left, ...rest } = message;
      this.#post(rest, 1);
      if (random.chance(0.5)) {
        this.#world.scheduler.after(AGAIN_MS, () => this.#post(message, TIMES));
        return;
      }
    }
    this.#post(message, TIMES);
    if (random.chance(weather.repeatedNotification)) this.#post(message, 1);
  }

  #post(message: Message, times: number, isReadable = true): void {
    const { random, weather, climate, scheduler, history } = this.#world;
    if (times === 0) return;
    const again = () => scheduler.after(AGAIN_MS, () => this.#post(message, times - 1, isReadable));
    if (random.chance(weather.lostNotification)) {
      history.tell('network', () => `loses a notification of ${message.no_refund}`);
      again();
      return;
    }
    const text = this.#gateway.say(message, isReadable);
    const delayMs = random.chance(weather.slowNotification)
      ? someTime(random)
      : random.between(2, climate.isTight ? 300 : 2_000);
    scheduler.after(delayMs, () => this.#world.notify(text, again));
  }

  /** It may also say, of what has come to its end, what can't be true. */
  #slip(booking: Booking): void {
    const { random, climate } = this.#world;
    if (!climate.slips || random.chance(0.3)) return;
    this.#gateway.books.misspoken.add(booking.request.no_refund as string);
    this.#post(slip(random, this.#gateway.statement(booking, booking.staRefund)), TIMES);
  }
}
