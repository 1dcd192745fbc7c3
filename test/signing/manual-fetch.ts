import { Cached } from '../../shared/signing/cached.ts';

/** A fetch that the test resolves or rejects by hand, and a clock that the test moves. */
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

  /** Resolves the oldest fetch in progress, and waits until its callers have continued. */
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
    if (!pending) throw new Error('no fetch is in progress');
    return pending;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
