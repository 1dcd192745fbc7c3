/** Those who want to hear of something, as long as they want to. */
export class Listeners<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  /** @returns what ends the listening */
  add(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly tell = (event: Event): void => {
    for (const listener of this.#listeners) listener(event);
  };
}
