/** What happened in a world, in words. Words cost more than what they tell of: nobody asks, nothing is written. */
export class History {
  readonly lines: string[] = [];
  readonly #isWanted: boolean;
  readonly #startMs: number;
  readonly #nowMs: () => number;

  constructor(isWanted: boolean, nowMs: () => number) {
    this.#isWanted = isWanted;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  tell(actor: string, words: () => string): void {
    if (this.#isWanted)
      this.lines.push(`${sinceStart(this.#nowMs() - this.#startMs)}  ${actor.padEnd(14)} ${words()}`);
  }
}

function sinceStart(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  return `day ${days} ${new Date(ms % 86_400_000).toISOString().slice(11, 23)}`;
}
