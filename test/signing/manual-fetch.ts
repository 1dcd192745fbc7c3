import { Cached } from '../../shared/signing/cached.ts';

/** A source of a value whose fetches the test ends by hand, and a clock that the test moves. */
export class ManualFetch<T> {
  nowMs = 1_000_000;
  fetches = 0;
  readonly failures: unknown[] = [];
  #pending: PromiseWithResolvers<T>[] = [];

  cached(maxAgeMs: number): Cached<T> {
    return new Cached({
      fetch: () => {
        this.fetches += 1;
        const pending = Promise.withResolvers<T>();
        this.#pending.push(pending);
        return pending.promise;
      },
      nowMs: () => this.nowMs,
      maxAgeMs,
      onFailure: (error) => this.failures.push(error),
    });
  }

  /** Ends the oldest fetch that is under way, and lets everybody who waited for it go on. */
  async answer(value: T): Promise<void> {
    this.#next().resolve(value);
    await settled();
  }

  async fail(error: unknown): Promise<void> {
    this.#next().reject(error);
    await settled();
  }

  #next(): PromiseWithResolvers<T> {
    const pending = this.#pending.shift();
    if (!pending) throw new Error('no fetch is under way');
    return pending;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
