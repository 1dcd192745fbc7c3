import { setTimeout as delay } from 'node:timers/promises';

/** The gateway's time, which may run faster than real time, and the waits on it. */
export class GatewayClock {
  readonly #speed: number;
  readonly #stopped = new AbortController();
  /** The pauses that haven't ended, and what ends each. */
  readonly #pauses = new Map<Promise<void>, () => void>();

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

  /** Waits for a span of gateway time, and for the end of every pause; rejects when the gateway stops. */
  async wait(gatewayMs: number): Promise<void> {
    await this.waitReal(gatewayMs / this.#speed);
    while (this.#pauses.size > 0) await Promise.all(this.#pauses.keys());
    this.stopped.throwIfAborted();
  }

  /**
   * Lets no wait end until the pause does.
   * @returns ends the pause
   */
  pause(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const resume = () => {
      this.#pauses.delete(promise);
      resolve();
    };
    this.#pauses.set(promise, resume);
    return resume;
  }

  /** Waits for a span of real time; rejects when the gateway stops. */
  async waitReal(realMs: number): Promise<void> {
    await delay(realMs, undefined, { signal: this.stopped });
  }

  /** Runs a task in the background. A stop of the gateway that interrupts it is no error. */
  background(task: () => Promise<void>): void {
    task().catch((error) => {
      if (!this.stopped.aborted) throw error;
    });
  }

  /** Ends all waiting. */
  stop(): void {
    this.#stopped.abort();
    for (const resume of this.#pauses.values()) resume();
  }
}
