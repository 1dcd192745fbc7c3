import { KEYS } from '../keys.ts';
import { someTime } from '../some-time.ts';
import type { World } from '../world.ts';
import { type Booking, Books, type StaRefund } from './books.ts';
import { type Decision, decide, faultOf } from './decisions.ts';
import { Notifier } from './notifier.ts';
import { malformed, slip } from './slips.ts';
import { fromJson, type Message, signed, toJson } from './wire.ts';

interface Reply {
  status: number;
  text: string;
}

/** The gateway: it keeps its own books, trusts no request, and shares no code with the service. */
export class Gateway {
  readonly books = new Books();
  signingKey = KEYS.gatewayOld.privateKey;
  readonly merchantKeys = [KEYS.merchantOld.publicKey];
  readonly #world: World;
  readonly #notifier: Notifier;

  constructor(world: World) {
    this.#world = world;
    this.#notifier = new Notifier(world, this);
  }

  sign(message: Message): Message {
    return signed(message, this.signingKey);
  }

  /** An application arrives. `knownByMs`: when queries must know of what comes of it. */
  apply(path: string, text: string, knownByMs: number): Reply {
    const request = fromJson(text);
    const fault = faultOf(request, this.merchantKeys);
    if (!request || fault) return this.#code(request, fault ?? '9002');
    const first = this.books.requests.get(request.no_refund as string);
    this.#world.checks.onRequest(path, request, first);
    if (!first) this.books.requests.set(request.no_refund as string, request);

    const decision = decide(this.#world, this.books, request);
    this.#world.history.tell('gateway', () => `receives ${request.no_refund}: ${decision.words}`);
    if (decision.refuses) this.books.refuse(request.no_refund as string);
    const booking = decision.books ? this.#carryOut(request, knownByMs, decision) : undefined;
    if (decision.code !== '0000') return this.#code(request, decision.code);
    const known = booking ?? this.books.of(request.no_refund as string)[0];
    return known ? this.#reply(known, known.staRefund) : this.#code(request, '9999');
  }

  query(text: string): Reply {
    const { random, weather, scheduler, history } = this.#world;
    const request = fromJson(text);
    const fault = faultOf(request, this.merchantKeys);
    if (!request || fault) return this.#code(request, fault ?? '9002');
    if (random.chance(weather.doubtfulQuery))
      return this.#code(request, random.pick(['9999', '1003', '9921', '4321']));
    const known = this.books
      .of(request.no_refund as string)
      .filter(({ shown }) => shown.some(({ fromMs }) => fromMs <= scheduler.nowMs));
    const booking = known[0];
    const staRefund = booking?.shown.findLast(({ fromMs }) => fromMs <= scheduler.nowMs)?.staRefund;
    history.tell(
      'gateway',
      () => `is asked about ${request.no_refund}: ${staRefund ? `status ${staRefund}` : 'not known'}`,
    );
    if (!booking || !staRefund) return this.#code(request, random.pick(['8901', '8901', '5002', '9093']));
    return this.#reply(booking, staRefund);
  }

  /** Carries out a refund of the same merchant that came another way. */
  carryOutOther(request: Message): void {
    this.books.elsewhere.add(request.no_refund as string);
    this.#notifier.tellOfOther(request);
  }

  /** What it says of a booking. */
  statement({ request, oid_refundno }: Booking, staRefund: StaRefund): Message {
    const { random } = this.#world;
    return {
      oid_partner: request.oid_partner as string,
      no_refund: request.no_refund as string,
      money_refund: request.money_refund as string,
      sta_refund: staRefund,
      ...(random.chance(0.85) && request.dt_refund && { dt_refund: request.dt_refund }),
      ...(random.chance(0.85) && { oid_refundno }),
      ...(staRefund === '2' && random.chance(0.9) && { settle_date: '20260106' }),
    };
  }

  /** Signs, remembers and writes down. */
  say(message: Message, isReadable = true): string {
    const text = toJson(this.sign(message), this.#world.random.chance(0.2));
    this.books.say(text, { message, isReadable, isByOldKey: this.signingKey === KEYS.gatewayOld.privateKey });
    return text;
  }

  #carryOut(request: Message, knownByMs: number, { delaysBooking }: Decision): Booking | undefined {
    const { random, weather, scheduler } = this.#world;
    const isBounded = Number.isFinite(knownByMs);
    // Less than the days for which the service looks after a doubtful refusal.
    const leftMs = isBounded ? Math.max(0, knownByMs - scheduler.nowMs) : someTime(random, 4);
    const lagMs = random.chance(weather.queryLag) ? random.pick([leftMs, random.between(0, leftMs)]) : 0;
    const inMs = delaysBooking ? random.between(0, isBounded ? lagMs : leftMs) : 0;
    const shownFromMs = scheduler.nowMs + Math.max(lagMs, inMs);
    if (inMs === 0) return this.#book(request, shownFromMs);
    this.books.expect(request.no_refund as string, 1);
    scheduler.after(inMs, () => {
      this.books.expect(request.no_refund as string, -1);
      this.#book(request, shownFromMs);
    });
    return undefined;
  }

  #book(request: Message, shownFromMs: number): Booking | undefined {
    const { random, climate, history } = this.#world;
    // Whether a number is taken is looked up once more before money moves, unless nobody looks at all.
    if (!climate.isForgetful && this.books.of(request.no_refund as string).length > 0) return undefined;
    const booking = this.books.book(request, shownFromMs, random.pick(['0', '0', '1', '2', '3']));
    history.tell('gateway', () => `BOOKS ${request.no_refund}, status ${booking.staRefund}`);
    this.#notifier.progress(booking);
    return booking;
  }

  #reply(booking: Booking, staRefund: StaRefund): Reply {
    const { random, weather, climate } = this.#world;
    const message: Message = { ret_code: '0000', ret_msg: '交易成功', ...this.statement(booking, staRefund) };
    const reply = (text: string): Reply => ({ status: 200, text });
    if (random.chance(weather.malformed)) return reply(this.say(malformed(random, message), false));
    if (climate.slips && random.chance(weather.slip)) {
      this.books.misspoken.add(booking.request.no_refund as string);
      return reply(this.say(slip(random, message)));
    }
    if (random.chance(weather.doubtfulCode / 4)) {
      const { [random.pick(['money_refund', 'sta_refund'])]: _left, ...rest } = message;
      return reply(this.say(rest));
    }
    return reply(this.say(message));
  }

  /** Only 0000 is signed for certain. */
  #code(request: Message | undefined, code: string): Reply {
    const { random } = this.#world;
    const names = { oid_partner: request?.oid_partner ?? '', no_refund: request?.no_refund ?? '' };
    const message = { ret_code: code, ret_msg: '处理失败', ...(random.chance(0.6) && names) };
    return { status: 200, text: toJson(random.chance(0.4) ? this.sign(message) : message, false) };
  }
}
