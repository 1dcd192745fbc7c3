import type { Message } from './wire.ts';

export type StaRefund = '0' | '1' | '2' | '3';

/** One refund that the gateway has carried out, or is carrying out: one return of money. */
export interface Booking {
  request: Message;
  oid_refundno: string;
  staRefund: StaRefund;
  /** What queries tell, and from when on. */
  shown: { staRefund: StaRefund; fromMs: number }[];
}

/** A message that the gateway has signed and sent. */
export interface Signed {
  message: Message;
  /** Its fields have their documented form. */
  isReadable: boolean;
  /** Whoever has the gateway's old key alone can verify it. */
  isByOldKey: boolean;
}

/** What the gateway knows, and what it has said: the truth that records are compared with. */
export class Books {
  readonly bookings = new Map<string, Booking[]>();
  /** The first request of each number. */
  readonly requests = new Map<string, Message>();
  readonly refusals = new Map<string, number>();
  /** Numbers about which it has signed something that isn't so. */
  readonly misspoken = new Set<string>();
  /** Numbers about which somebody else has refused in its place. */
  readonly liedAbout = new Set<string>();
  /** Numbers that were used without the service. */
  readonly elsewhere = new Set<string>();
  readonly #expected = new Map<string, number>();
  readonly #said = new Set<string>();
  readonly #signed = new Map<string, Signed>();
  /** Numbers about which it has signed an incomplete message. */
  readonly spokenOfBriefly = new Set<string>();
  #count = 0;

  book(request: Message, shownFromMs: number, staRefund: StaRefund): Booking {
    this.#count += 1;
    const booking: Booking = {
      request,
      oid_refundno: String(2_026_010_500_000_000 + this.#count),
      staRefund,
      shown: [{ staRefund, fromMs: shownFromMs }],
    };
    const noRefund = request.no_refund as string;
    this.bookings.set(noRefund, [...(this.bookings.get(noRefund) ?? []), booking]);
    return booking;
  }

  of(noRefund: string): Booking[] {
    return this.bookings.get(noRefund) ?? [];
  }

  /** An application is on its way, or a booking that comes later than its answer: `1`; it has come: `-1`. */
  expect(noRefund: string, change: 1 | -1): void {
    this.#expected.set(noRefund, (this.#expected.get(noRefund) ?? 0) + change);
  }

  /** Whether it is certain that there is no such refund, and that nothing on its way makes one. */
  isVoid(noRefund: string): boolean {
    return this.of(noRefund).length === 0 && !this.#expected.get(noRefund);
  }

  refuse(noRefund: string): void {
    this.refusals.set(noRefund, (this.refusals.get(noRefund) ?? 0) + 1);
  }

  /** Remembers a message that was signed and sent, with the text it was sent as. */
  say(text: string, signed: Signed): void {
    this.#signed.set(text, signed);
    const { no_refund = '', sta_refund, money_refund, ret_code = '0000' } = signed.message;
    if (!signed.isReadable) return;
    if (sta_refund && money_refund && ret_code === '0000')
      this.#said.add(`${no_refund} ${sta_refund} ${Number(money_refund)}`);
    else this.spokenOfBriefly.add(no_refund);
  }

  /** The message that a text is, if the gateway has signed just this text. */
  signedAs(text: string): Signed | undefined {
    return this.#signed.get(text);
  }

  hasSaid(noRefund: string, staRefund: string, money: string): boolean {
    return this.#said.has(`${noRefund} ${staRefund} ${Number(money)}`);
  }
}
