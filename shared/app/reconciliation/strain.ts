import { isBusyCode } from '../../domain/return-codes.ts';
import type { ApplyAnswer, QueryAnswer } from '../ports/gateway.ts';

/** An answer that took longer than this, and than so many times what is usual in the run, is slow; milliseconds. */
const SLOW_MS = 1_000;
const SLOW_TIMES = 4;

/**
 * How much of an answer's time goes into what is usual. A fast answer counts for more: a gateway under strain must not
 * become the usual one soon, and one fast answer among others must not make them slow for good.
 */
const SHARE_OF_FASTER = 0.125;
const SHARE_OF_SLOWER = 0.005;

/** What answers tell of the gateway's strain. */
export class Strain {
  #usualMs: number | undefined;

  /** Whether this answer, which took that long, shows it. */
  shows(answer: ApplyAnswer | QueryAnswer, tookMs: number): boolean {
    return isStrained(answer) || this.#isSlow(tookMs);
  }

  #isSlow(tookMs: number): boolean {
    const usualMs = this.#usualMs ?? tookMs;
    const share = tookMs < usualMs ? SHARE_OF_FASTER : SHARE_OF_SLOWER;
    this.#usualMs = usualMs + share * (tookMs - usualMs);
    return tookMs > Math.max(SLOW_MS, SLOW_TIMES * usualMs);
  }
}

/** The gateway is busy by its own word, or there is no answer that can be read. */
function isStrained(answer: ApplyAnswer | QueryAnswer): boolean {
  return answer.type === 'in-doubt' && (!answer.ret_code || isBusyCode(answer.ret_code));
}
