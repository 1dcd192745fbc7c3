import type { Refund } from '../../shared/domain/refund.ts';
import type { StoryEntry } from '../../shared/domain/story.ts';
import { violationOfEvidence } from './checks-on-evidence.ts';
import type { Process } from './process.ts';
import type { StoryTable } from './stories.ts';
import { type Expected, expectedOf } from './told.ts';
import type { World } from './world.ts';

/** A change of a record, as the table and whoever changed it saw it. */
export interface SeenChange {
  noRefund: string;
  before: Refund | undefined;
  after: Refund | undefined;
  happenedAtMs: number;
  /** Without one: a person. */
  writer: Process | undefined;
  /** The writer has also written when the check is due that the record had before. */
  isOwnCheck: boolean;
  /** What a person did who put something into the record that the service never would. */
  byHand?: 'foreign' | 'unreadable';
}

/** An application that left a process. */
interface Send {
  noRefund: string;
  attempt: number;
  /** The last change of any record before it. */
  last: SeenChange | undefined;
}

/**
 * Checks the stories against what the table, the network, the gateway's ledger and the operator have seen: each change
 * must tell just what it was, once and in order.
 */
export class StoryChecks {
  readonly changes: SeenChange[] = [];
  readonly #world: World;
  readonly #sends: Send[] = [];
  /** By refund: who has written when its next check is due. */
  readonly #checkWriters = new Map<string, Process | undefined>();
  /** `via text` of every genuine message that a process has read. */
  readonly #heard = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  onChange(before: Refund | undefined, after: Refund | undefined): void {
    const { settings, scheduler, writer } = this.#world;
    if (!settings.hasStories) return;
    const noRefund = (after ?? before)?.no_refund ?? '';
    this.changes.push({
      noRefund,
      before,
      after,
      happenedAtMs: scheduler.nowMs,
      writer,
      isOwnCheck: writer !== undefined && this.#checkWriters.get(noRefund) === writer,
    });
    if (before?.next_check_at !== after?.next_check_at) this.#checkWriters.set(noRefund, writer);
  }

  onSend(noRefund: string): void {
    const attempt = this.#world.table.items.get(noRefund)?.attempts ?? 0;
    this.#sends.push({ noRefund, attempt, last: this.changes.at(-1) });
  }

  onHeard(via: string, text: string): void {
    if (this.#world.settings.hasStories) this.#heard.add(`${via} ${text}`);
  }

  violationAtTheEnd(table: StoryTable): string | undefined {
    if (table.overwritten) return `an item of the table of stories was written over: ${table.overwritten}`;
    for (const noRefund of new Set([...table.stories.keys(), ...this.changes.map((seen) => seen.noRefund)])) {
      const violation = this.#violationOfStory(noRefund, table);
      if (violation) return `the story of ${noRefund}: ${violation}`;
    }
    return this.#violationOfSecrets(table);
  }

  #violationOfStory(noRefund: string, table: StoryTable): string | undefined {
    const entries = table.entriesOf(noRefund);
    const tellsOf: { expected: Expected[]; seen: SeenChange }[] = this.changes
      .filter((seen) => seen.noRefund === noRefund)
      .map((seen) => ({ seen, expected: expectedOf(seen) }));
    const items = table.stories.get(noRefund)?.size ?? 0;
    if (items > tellsOf.length) return `${items} items tell of ${tellsOf.length} changes`;
    let place = 0;
    for (const { seen, expected } of tellsOf) {
      const told = entries.slice(place, place + expected.length);
      const violation = this.#violationOfChange(seen, expected, told);
      if (violation) return violation;
      place += expected.length;
    }
    if (entries.length > place) return `${textOf(entries[place])} is told, and there was no such change`;
    return this.#violationOfSends(noRefund, tellsOf, entries);
  }

  /** The entries of one change are told in an order of their own. */
  #violationOfChange(seen: SeenChange, expected: Expected[], told: StoryEntry[]): string | undefined {
    const rest = [...told];
    for (const { code, facts, evidence } of expected) {
      const place = rest.findIndex((entry) => entry.code === code);
      const [entry] = place < 0 ? [] : rest.splice(place, 1);
      if (!entry) return `${code} is missing, told is ${rest.map(textOf).join(', ') || 'nothing'}`;
      const wrong = Object.entries(facts).find(
        ([field, fact]) => JSON.stringify(entry[field]) !== JSON.stringify(fact),
      );
      if (wrong) return `${textOf(entry)}, and ${wrong[0]} was ${JSON.stringify(wrong[1])}`;
      if (Number.isNaN(Date.parse(entry.at))) return `${textOf(entry)} has no time`;
      const violation = violationOfEvidence(this.#world, this.#heard, {
        seen,
        entry,
        isDue: evidence === true,
      });
      if (violation) return `${textOf(entry)}: ${violation}`;
      this.#reach(code);
    }
    return undefined;
  }

  /** Everything that left a process is told before anything that came of it. */
  #violationOfSends(
    noRefund: string,
    tellsOf: { expected: Expected[]; seen: SeenChange }[],
    entries: StoryEntry[],
  ): string | undefined {
    const attempts = entries.filter(({ code }) => code === 'attempt.sent').map(({ attempt }) => attempt);
    if (new Set(attempts).size < attempts.length) return `attempts are told twice: ${attempts}`;
    const sends = this.#sends.filter((send) => send.noRefund === noRefund);
    for (const { attempt, last } of sends) {
      const earlier = new Set(this.changes.slice(0, last ? this.changes.indexOf(last) + 1 : 0));
      const count = tellsOf.reduce(
        (sum, { seen, expected }) => sum + (earlier.has(seen) ? expected.length : 0),
        0,
      );
      const isTold = entries
        .slice(0, count)
        .some((entry) => entry.code === 'attempt.sent' && entry.attempt === attempt);
      if (!isTold) return `attempt ${attempt} was sent, and that is not told before what came of it`;
    }
    return undefined;
  }

  #violationOfSecrets({ stories }: StoryTable): string | undefined {
    const tokens = this.changes.flatMap(({ after }) => after?.task_token ?? []);
    const text = JSON.stringify([...stories.values()].map((story) => [...story.values()]));
    return tokens.some((token) => text.includes(token)) ? 'a task token is in a story' : undefined;
  }

  #reach(code: string): void {
    const { world } = { world: this.#world };
    if (code === 'message.conflict') world.reach('a story tells of a conflict');
    if (code === 'message.completes') world.reach('a story tells of a message that completes the record');
    if (code === 'record.hold_ended') world.reach('a story tells of a hold and its end');
    if (code === 'record.unreadable') world.reach('a story tells of a change that cannot be read');
  }
}

function textOf(entry: StoryEntry | undefined): string {
  return JSON.stringify(entry)?.slice(0, 200) ?? 'nothing';
}
