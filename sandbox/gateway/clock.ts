import { setTimeout as delay } from 'node:timers/promises';

/** The gateway's time, which may run faster than real time, and everything that waits for it. */
export class GatewayClock {
  readonly #speed: number;
  readonly #stopped = new AbortController();
  /** What holds the course of things, and how each is released. */
  readonly #holds = new Map<Promise<void>, () => void>();

  /** @param speed gateway seconds per real second */
  constructor(speed: number) {
    if (!(speed > 0)) throw new Error(`clockSpeed must be above 0, not ${speed}`);
    this.#speed = speed;
  }

  /** Aborted by `stop`. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  /** Gateway milliseconds since some fixed moment. */
  now(): number {
    return performance.now() * this.#speed;
  }

  /** Waits for a span of gateway time, and until nothing is held; rejects when the gateway stops. */
  async wait(gatewayMs: number): Promise<void> {
    await this.waitReal(gatewayMs / this.#speed);
    while (this.#holds.size > 0) await Promise.all(this.#holds.keys());
    this.stopped.throwIfAborted();
  }

  /**
   * Ends no wait any more, until what is returned is called.
   * @returns what lets things take their course again
   */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const release = () => {
      this.#holds.delete(promise);
      resolve();
    };
    this.#holds.set(promise, release);
    return release;
  }

  /** Waits for a span of real time; rejects when the gateway stops. */
  async waitReal(realMs: number): Promise<void> {
    await delay(realMs, undefined, { signal: this.stopped });
  }

  /** Runs a task beside everything else. That the gateway stops in the middle of it is no error. */
  background(task: () => Promise<void>): void {
    task().catch((error) => {
      if (!this.stopped.aborted) throw error;
    });
  }

  /** Ends all waiting. */
  stop(): void {
    this.#stopped.abort();
    for (const release of this.#holds.values()) release();
  }
}
