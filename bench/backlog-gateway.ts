import type { Gateway } from '../shared/app/ports/gateway.ts';
import type { Refund } from '../shared/domain/refund.ts';

/** What shared/gateway/client.ts keeps back of an invocation's time, and the shortest exchange, milliseconds. */
const EXCHANGE_AND_RECORDING_MS = 3_000;

/** Hands a process what comes after so many milliseconds; never, once the process has crashed. */
export type Deliver = <T>(inMs: number, value: () => T) => Promise<T>;

/** A gateway that answers after a fixed time, and notes how often it is called. */
export class BacklogGateway {
  calls = 0;
  /** The most calls in any second, and at a time. */
  mostInSecond = 0;
  mostInFlight = 0;
  readonly #nowMs: () => number;
  readonly #answersInMs: number;
  readonly #knows: (noRefund: string) => boolean;
  readonly #sent = new Set<string>();
  #inFlight = 0;
  #lastSecond: number[] = [];

  /** @param knows which refunds have arrived; the others are sent again */
  constructor(nowMs: () => number, answersInMs: number, knows: (noRefund: string) => boolean) {
    this.#nowMs = nowMs;
    this.#answersInMs = answersInMs;
    this.#knows = knows;
  }

  /** The gateway as one process reaches it. */
  for(deliver: Deliver): Gateway {
    const call = <T>(value: () => T) => {
      this.#count();
      return deliver(this.#answersInMs, value);
    };
    return {
      ready: async () => undefined,
      hasTime: (deadlineMs) => this.#nowMs() < deadlineMs - EXCHANGE_AND_RECORDING_MS,
      apply: (refund) =>
        call(() => {
          this.#sent.add(refund.no_refund);
          return { type: 'verified', message: succeeded(refund) };
        }),
      query: (refund) => {
        const sentAtMs = this.#nowMs();
        return call(() =>
          this.#knows(refund.no_refund) || this.#sent.has(refund.no_refund)
            ? { type: 'verified', message: succeeded(refund) }
            : { type: 'not-found', sentAtMs },
        );
      },
    };
  }

  /** A call has come back, or would have. */
  answered(): void {
    this.#inFlight -= 1;
  }

  get answersInMs(): number {
    return this.#answersInMs;
  }

  #count(): void {
    const nowMs = this.#nowMs();
    this.#lastSecond.push(nowMs);
    const first = this.#lastSecond.findIndex((atMs) => atMs > nowMs - 1_000);
    if (first > 0) this.#lastSecond = this.#lastSecond.slice(first);
    this.calls += 1;
    this.#inFlight += 1;
    this.mostInSecond = Math.max(this.mostInSecond, this.#lastSecond.length);
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
  }
}

const succeeded = ({ no_refund, money_refund = '' }: Partial<Refund>) => ({
  no_refund: String(no_refund),
  money_refund,
  sta_refund: '2' as const,
});
