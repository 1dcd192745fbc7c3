/** Longer than it takes to hear of anything that has happened, milliseconds. */
const settleMs = 250;

/** Prints what happened in the order in which it did, whatever order one hears of it. */
export class OrderedLines {
  readonly #startedAt: number;
  readonly #timer: NodeJS.Timeout;
  #waiting: { at: number; text: string }[] = [];

  /** @param startedAt from when the times of the lines count, epoch milliseconds */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
    this.#timer = setInterval(() => this.#print(Date.now() - settleMs), 50);
  }

  add(at: number, text: string): void {
    this.#waiting.push({ at, text });
  }

  /** Prints what is left. */
  end(): void {
    clearInterval(this.#timer);
    this.#print(Number.POSITIVE_INFINITY);
  }

  #print(until: number): void {
    const ready = this.#waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
    this.#waiting = this.#waiting.filter(({ at }) => at > until);
    for (const { at, text } of ready) {
      console.log(`  ${((at - this.#startedAt) / 1000).toFixed(2).padStart(6)} s  ${text}`);
    }
  }
}
