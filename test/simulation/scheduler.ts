import type { Random } from './random.ts';

interface Event {
  at: number;
  tie: number;
  run: () => void;
}

/** Virtual time: what is under way, and when it completes. What completes at the same moment does so in random order. */
export class Scheduler {
  nowMs: number;
  #events: Event[] = [];
  #random: Random;
  #isAwake = false;

  constructor(startMs: number, random: Random) {
    this.nowMs = startMs;
    this.#random = random;
  }

  at(timeMs: number, run: () => void): void {
    this.#push({ at: Math.max(timeMs, this.nowMs), tie: this.#random.next(), run });
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.nowMs + delayMs, run);
  }

  /** When the next thing happens, `undefined` where nothing is under way. */
  get nextAtMs(): number | undefined {
    return this.#events[0]?.at;
  }

  /** To be called where code of the product is set going: only then is there anything to wait for. */
  wake(): void {
    this.#isAwake = true;
  }

  /** Lets the next thing happen, and everything that follows from it at once. */
  async step(): Promise<void> {
    const event = this.#pop();
    if (event) {
      this.nowMs = event.at;
      event.run();
    }
    if (!this.#isAwake) return;
    this.#isAwake = false;
    // The product awaits nothing but simulated calls: when the microtasks are done, all of it stands still.
    await new Promise((resolve) => setImmediate(resolve));
  }

  #push(event: Event): void {
    const events = this.#events;
    let place = events.push(event) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(event, events[parent] as Event)) break;
      events[place] = events[parent] as Event;
      place = parent;
    }
    events[place] = event;
  }

  #pop(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (!last || events.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= events.length) break;
      if (child + 1 < events.length && isBefore(events[child + 1] as Event, events[child] as Event))
        child += 1;
      if (!isBefore(events[child] as Event, last)) break;
      events[place] = events[child] as Event;
      place = child;
    }
    events[place] = last;
    return first;
  }
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie);
