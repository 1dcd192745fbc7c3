/** Longer than the report of an event can be late, milliseconds. */
const reorderMs = 250;

/** Prints lines in the order of their times, whatever order they are added in. */
export class OrderedLines {
  readonly #startedAt: number;
  readonly #timer: NodeJS.Timeout;
  #waiting: { at: number; text: string }[] = [];

  /** @param startedAt epoch milliseconds; the lines have their time since then */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
    this.#timer = setInterval(() => this.#print(Date.now() - reorderMs), 50);
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
