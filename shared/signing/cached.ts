/** How often a message that doesn't verify, or a fetch that failed, may cause a fetch, in milliseconds. */
const REFETCH_INTERVAL_MS = 30_000;

/** How many first fetches may fail in a row before they are limited: each caller has a try of its own until then. */
const FREE_FAILURES = 3;

/** How often a first fetch may begin after that, milliseconds: anybody's message may cause one. */
const FIRST_FETCH_INTERVAL_MS = 2_000;

/** What the cache needs from outside. */
export interface Source<T> {
  /** `isRefresh`: there is an old value to go on with, so the wait should be short. */
  fetch(isRefresh: boolean): Promise<T>;
  nowMs(): number;
  maxAgeMs: number;
  onFailure(error: unknown): void;
}

/**
 * A value that is fetched once and serves for a time, by one request however many wait for it. When a refresh
 * fails, the old value goes on serving: an outage of the source isn't one of ours.
 */
export class Cached<T> {
  readonly #source: Source<T>;
  #value: { is: T } | undefined;
  #expiresAtMs = 0;
  #refetchedAtMs = Number.NEGATIVE_INFINITY;
  #inFlight: Promise<T> | undefined;
  #beganAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #lastError: unknown;

  constructor(source: Source<T>) {
    this.#source = source;
  }

  /**
   * The value, not older than its maximum age unless a fetch has failed. Throws where there never was one; while fetches
   * go on failing, the last one's error serves for a moment.
   */
  async get(): Promise<T> {
    const value = this.#value;
    if (value && this.#source.nowMs() < this.#expiresAtMs) return value.is;
    if (!value) return this.#firstFetch();
    return this.#fetch().catch(() => value.is);
  }

  /** A newer value, or `undefined` where one was fetched a moment ago or can't be. The first fetch doesn't count. */
  async refetch(): Promise<T | undefined> {
    if (!this.#inFlight && this.#source.nowMs() - this.#refetchedAtMs < REFETCH_INTERVAL_MS) return undefined;
    return this.#fetch().catch(() => undefined);
  }

  async #firstFetch(): Promise<T> {
    const joined = this.#inFlight;
    // A fetch that began while the container started may have died in a freeze: that isn't this caller's failure.
    return joined ? joined.catch(() => this.#ownTry()) : this.#ownTry();
  }

  async #ownTry(): Promise<T> {
    // Counted from its beginning: what failed after a freeze began long ago, and limits nobody.
    const isRecent = this.#source.nowMs() - this.#beganAtMs < FIRST_FETCH_INTERVAL_MS;
    if (!this.#inFlight && this.#failures >= FREE_FAILURES && isRecent) throw this.#lastError;
    return this.#fetch();
  }

  #fetch(): Promise<T> {
    this.#inFlight ??= this.#load().finally(() => {
      this.#inFlight = undefined;
    });
    return this.#inFlight;
  }

  async #load(): Promise<T> {
    const { fetch, nowMs, maxAgeMs, onFailure } = this.#source;
    this.#beganAtMs = nowMs();
    if (this.#value) this.#refetchedAtMs = this.#beganAtMs;
    try {
      const value = await fetch(this.#value !== undefined);
      this.#value = { is: value };
      this.#failures = 0;
      this.#expiresAtMs = nowMs() + maxAgeMs;
      return value;
    } catch (error) {
      onFailure(error);
      this.#failures += 1;
      this.#lastError = error;
      this.#expiresAtMs = nowMs() + Math.min(maxAgeMs, REFETCH_INTERVAL_MS);
      throw error;
    }
  }
}
