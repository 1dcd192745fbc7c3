import type { Lists, Part, Place } from '../../shared/app/ports/lists.ts';
import type { Refund } from '../../shared/domain/refund.ts';

type Call =
  | { read: 'places'; part: Part; limit: number }
  | { read: 'unfinished' }
  | { read: 'records'; count: number };

/** Lists over records in memory. A test may have the indexes lag behind them. */
export class FakeLists implements Lists {
  /** The records as they stand. */
  readonly stored = new Map<string, Refund>();
  /** The records as the indexes show them. */
  readonly indexed = new Map<string, Refund>();
  readonly calls: Call[] = [];
  /** Called before each read. */
  onRead: () => void = () => {};

  put(...refunds: Refund[]): void {
    for (const refund of refunds) {
      this.stored.set(refund.no_refund, refund);
      this.indexed.set(refund.no_refund, refund);
    }
  }

  async places(part: Part, limit: number, after?: Place): Promise<Place[]> {
    this.#note({ read: 'places', part, limit });
    const inPart = [...this.indexed.values()].filter((refund) => refund[part.field] === part.value);
    const sorted = inPart.map(placeOf).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    return sorted.filter((place) => !after || keyOf(place) > keyOf(after)).slice(0, limit);
  }

  /** In pages of three, by the number: in an order that says nothing of the age. */
  async *unfinished(shard: string): AsyncGenerator<Place[]> {
    this.#note({ read: 'unfinished' });
    const inShard = [...this.indexed.values()].filter((refund) => refund.shard === shard);
    for (let at = 0; at < inShard.length; at += 3) yield inShard.slice(at, at + 3).map(placeOf);
    yield [];
  }

  async records(noRefunds: readonly string[]): Promise<Refund[]> {
    this.#note({ read: 'records', count: noRefunds.length });
    return noRefunds.flatMap((number) => this.stored.get(number) ?? []).reverse();
  }

  #note(call: Call): void {
    this.calls.push(call);
    this.onRead();
  }
}

const placeOf = ({ created_at, no_refund }: Refund): Place => ({ created_at, no_refund });

/** An index sorts refunds of one moment in an order of its own: here the last digit comes first. */
const keyOf = ({ created_at, no_refund }: Place) => created_at + [...no_refund].reverse().join('');
