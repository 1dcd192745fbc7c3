/** The subscribers to a kind of event. */
export class Listeners<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  /** @returns ends the subscription */
  subscribe(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly emit = (event: Event): void => {
    for (const listener of this.#listeners) listener(event);
  };
}
