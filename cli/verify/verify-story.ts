import type { KeyObject } from 'node:crypto';
import type { Status } from '../../shared/domain/life-cycle.ts';
import { IDENTITY_FIELDS, type VerifiedMessage } from '../../shared/domain/verified-message.ts';
import { conflictHasEvidence, isOwn } from './checks/conflict.ts';
import { hasMessage, noHiddenConflict, sameRefund, saysStatus, tookEffect } from './checks/evidence.ts';
import { factsAreSaid } from './checks/facts.ts';
import { beginning, forward, sameStatus, statusAfter } from './checks/order.ts';
import { signedStatusOf } from './codes.ts';
import { type Check, type Fault, type Finding, join, nothing, type Step, type Told } from './finding.ts';
import { verifyMessage } from './messages.ts';
import type { ExportedEntry, ExportedStory } from './story.ts';

const CHECKS: Check[] = [
  beginning,
  forward,
  sameStatus,
  hasMessage,
  saysStatus,
  sameRefund,
  tookEffect,
  noHiddenConflict,
  factsAreSaid,
  conflictHasEvidence,
];

/** An entry, and what its checks have come to. */
export interface VerifiedEntry extends ExportedEntry, Finding {}

/** What a story has come to. It follows where there is no fault. */
export interface Verdict {
  no_refund: string;
  entries: VerifiedEntry[];
  faults: (Fault & { entry?: number; code?: string })[];
  /** How many messages were verified. */
  messages: number;
  goesOn: boolean;
  /** What the story comes to; worth something only where it follows. */
  status?: Status;
  identity: Told['identity'];
  partner?: string;
}

/** Checks a story against the messages in it, under the gateway's keys: with nothing from outside. */
export function verifyStory(story: ExportedStory, keys: readonly KeyObject[]): Verdict {
  let told: Told = { identity: {}, messages: [] };
  const entries: VerifiedEntry[] = [];
  for (const entry of story.entries) {
    const { step, finding, partner } = read(entry, story.no_refund, told, keys);
    entries.push({ ...entry, ...join([finding, ...CHECKS.map((check) => check(step))]) });
    told = { ...learn(step), partner: told.partner ?? partner };
  }
  const { no_refund, goesOn } = story;
  const faults = entries.flatMap(({ number, code, faults }) =>
    faults.map((fault) => ({ entry: number, code, ...fault })),
  );
  const { status, identity, partner, messages } = told;
  const empty = {
    what: 'the story has no entries',
    todo: 'Nothing is proven. Export it again a minute later.',
  };
  return {
    ...{ no_refund, goesOn, entries, status, identity, partner, messages: messages.length },
    faults: entries.length > 0 ? faults : [empty],
  };
}

function read(
  entry: ExportedEntry,
  no_refund: string,
  told: Told,
  keys: readonly KeyObject[],
): { step: Step; finding: Finding; partner?: string } {
  if (!entry.message) return { step: { entry, isUnverified: false, told }, finding: nothing };
  const subject = { no_refund, partner: told.partner };
  const { message, ...others } = verifyMessage(entry.message.text, subject, keys);
  return { step: { entry, message, isUnverified: message === undefined, told }, ...others };
}

/** What is told once an entry is. A message that isn't verified teaches nothing. */
function learn({ entry, message, told }: Step): Told {
  const { money_refund, dt_refund } = entry.facts as Told['identity'];
  const begun = ['refund.created', 'record.restored'].includes(entry.code)
    ? { money_refund, dt_refund }
    : told.identity;
  return {
    ...told,
    ...statusAfter(told, entry),
    identity: { ...learntFrom(entry, message), ...known(begun) },
    messages: message ? [...told.messages, message] : told.messages,
  };
}

/**
 * What a message adds to what is known of a refund: all that it says where it has settled something, and otherwise what
 * its entry tells. A number that an incomplete message claims isn't among that: a later message may contradict it.
 */
function learntFrom(entry: ExportedEntry, message: VerifiedMessage | undefined): Told['identity'] {
  if (!message) return {};
  const isConflict = entry.code === 'message.conflict';
  if (isConflict && isOwn(entry.facts, message)) return {};
  return known(isConflict || signedStatusOf(entry) ? message : (entry.facts as Told['identity']));
}

function known(fields: Told['identity']): Told['identity'] {
  return Object.fromEntries(
    IDENTITY_FIELDS.filter((field) => fields[field]).map((field) => [field, fields[field]]),
  );
}
