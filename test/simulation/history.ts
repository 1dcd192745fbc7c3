/** What happened in a world, as text. A text costs more time than the event itself: it is made on request only. */
export class History {
  readonly lines: string[] = [];
  readonly #isKept: boolean;
  readonly #startMs: number;
  readonly #nowMs: () => number;

  constructor(isKept: boolean, nowMs: () => number) {
    this.#isKept = isKept;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  add(actor: string, text: () => string): void {
    if (this.#isKept)
      this.lines.push(`${sinceStart(this.#nowMs() - this.#startMs)}  ${actor.padEnd(14)} ${text()}`);
  }
}

function sinceStart(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  return `day ${days} ${new Date(ms % 86_400_000).toISOString().slice(11, 23)}`;
}
