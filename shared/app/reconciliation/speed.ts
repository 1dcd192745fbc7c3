import type { ApplyAnswer, QueryAnswer } from '../ports/gateway.ts';
import { Strain } from './strain.ts';

/** The least number of good answers, one after another, by which a run recovers from nearly nothing. */
const LEAST_TO_RECOVER = 16;

/** The most that a run may do, of its share of the limits: calls at a time, and in a second. */
interface Limit {
  atATime: number;
  perSecond: number;
}

/** How much of its limits a run uses, by what the gateway's answers tell. */
export class Speed {
  /** Of both limits, above 0, and 1 where nothing slows the run down. */
  factor = 1;
  /** How often the run has slowed down. */
  slowed = 0;
  #hasAnswered = false;
  #slowedAtMs = 0;
  readonly #strain = new Strain();

  /** Whether the gateway has answered well, and nothing slows the run down, or it has recovered wholly. */
  get isFull(): boolean {
    return this.#hasAnswered && this.factor === 1;
  }

  /** Takes an answer to a call into account: epoch milliseconds. */
  hear(answer: ApplyAnswer | QueryAnswer, sentAtMs: number, nowMs: number, limit: Limit): void {
    if (answer.type === 'not-sent') return;
    if (!this.#strain.shows(answer, nowMs - sentAtMs)) {
      this.#hasAnswered = true;
      this.#grow(limit);
    } else if (sentAtMs > this.#slowedAtMs) {
      // What was sent before the run slowed down says nothing about the new pace.
      this.#slowedAtMs = nowMs;
      this.factor = Math.max(this.factor / 2, Math.min(1 / limit.atATime, 1 / limit.perSecond));
      this.slowed += 1;
    }
  }

  /** By one call at a time with each round of answers; a run with few calls at a time takes smaller steps. */
  #grow({ atATime }: Limit): void {
    const answersOfRound = Math.max(1, this.factor * atATime);
    this.factor = Math.min(1, this.factor + 1 / (Math.max(atATime, LEAST_TO_RECOVER) * answersOfRound));
  }
}
