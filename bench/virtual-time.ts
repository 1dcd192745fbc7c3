interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Moments in a millisecond: what happens at nearly the same time happens together. */
const TICKS = 20;

/** Time that passes only where something waits for it: hours take seconds. Milliseconds, from 0. */
export class VirtualTime {
  nowMs = 0;
  readonly #heap: Event[] = [];
  #count = 0;

  at(atMs: number, happen: () => void): void {
    this.#count += 1;
    const event = { atMs: Math.max(this.nowMs, Math.ceil(atMs * TICKS) / TICKS), order: this.#count, happen };
    let place = this.#heap.push(event) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent] as Event;
      if (!isBefore(event, above)) break;
      this.#heap[place] = above;
      place = parent;
    }
    this.#heap[place] = event;
  }

  /** Lets everything happen until then, with a look at the world after each moment. What a moment sets going is done in it. */
  async runUntil(untilMs: number, look: () => void): Promise<void> {
    while (this.#heap[0] && this.#heap[0].atMs <= untilMs) {
      this.nowMs = this.#heap[0].atMs;
      while (this.#heap[0]?.atMs === this.nowMs) this.#pop().happen();
      await new Promise((resolve) => setImmediate(resolve));
      look();
    }
    this.nowMs = untilMs;
  }

  #pop(): Event {
    const heap = this.#heap;
    const first = heap[0] as Event;
    const last = heap.pop() as Event;
    if (heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child += 1;
      if (child >= heap.length || !isBefore(heap[child] as Event, last)) break;
      heap[place] = heap[child] as Event;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

const isBefore = (a: Event, b: Event) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
