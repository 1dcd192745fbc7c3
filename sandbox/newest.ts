/** Keeps the newest of what is added, so that a sandbox that runs for days doesn't fill the memory. */
export class Newest<Item> {
  readonly #limit: number;
  readonly #items: Item[] = [];

  /** @param limit how many are kept, at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(item: Item): void {
    this.#items.push(item);
    if (this.#items.length > this.#limit) this.#items.shift();
  }

  /** Those that are kept and fit, oldest first. */
  filter(fits: (item: Item) => boolean): Item[] {
    return this.#items.filter(fits);
  }

  find(fits: (item: Item) => boolean): Item | undefined {
    return this.#items.find(fits);
  }
}
