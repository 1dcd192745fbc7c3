import { createHash, type KeyObject } from 'node:crypto';
import type { Status } from '../../shared/domain/life-cycle.ts';
import { type Paint, plain } from '../output.ts';
import type { Fault } from './finding.ts';
import type { Verdict, VerifiedEntry } from './verify-story.ts';

/** What no signature of the gateway can prove. docs/evidence.md explains each. */
const NOT_PROVEN = [
  'that nothing was left out: an entry that is missing leaves no trace, unless a later one builds on it',
  'any time, and how a message came: they are the word of the service that kept the story',
  'REQUESTED and REJECTED: the application is the word of the service, and a rejection is not signed',
  'attempts, checks, problems, holds, deletions and what people said: nobody signs them',
  "that a key is LianLian's: compare its fingerprint with that of a key which LianLian gave you",
];

/** By which two people can tell on the telephone whether they have the same key: SHA-256 of the key's DER (SPKI). */
function fingerprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** The verdict for programs. */
export function reportAsJson(verdict: Verdict, keys: readonly KeyObject[]): string {
  const { no_refund, entries, faults, messages, goesOn, status, identity, partner } = verdict;
  const follows = faults.length === 0;
  const shown = {
    no_refund,
    follows,
    ...(follows && { status, ...identity, oid_partner: partner }),
    story_goes_on: goesOn,
    verified_messages: messages,
    contradictions: entries.filter(({ code }) => code === 'message.conflict').length,
    faults,
    entries: entries.map(({ number, at, code, checked, faults }) => ({
      entry: number,
      at,
      code,
      checked,
      faults: faults.length,
    })),
    key_fingerprints: keys.map(fingerprintOf),
    not_proven: NOT_PROVEN,
  };
  return JSON.stringify(shown, null, 2);
}

/** The verdict for people: a line for each entry, what doesn't follow, and what is not proven. */
export function reportAsText(verdict: Verdict, keys: readonly KeyObject[], paint: Paint): string {
  const { no_refund, entries, faults, goesOn } = verdict;
  const lines = [
    paint('bold', `Refund ${plain(no_refund)}: ${counted(entries.length, 'entry', 'entries')}`),
    ...keys.map((key) => paint('dim', `Key with the fingerprint (SHA-256) ${fingerprintOf(key)}`)),
    '',
    ...entries.map((entry) => entryLine(entry, entries, paint)),
    '',
    ...(faults.length === 0 ? [paint('green', successOf(verdict))] : faultLines(faults, paint)),
    ...contradictionLines(entries, paint),
    ...(goesOn ? ['The story goes on: get its next page, and verify all pages together.'] : []),
    '',
    'This does not prove:',
    ...NOT_PROVEN.map((line) => `  - ${line}`),
  ];
  return lines.join('\n');
}

/** Whoever reads the verdict alone must not miss that the gateway has signed two things that can't both be true. */
function contradictionLines(entries: VerifiedEntry[], paint: Paint): string[] {
  const count = entries.filter(({ code }) => code === 'message.conflict').length;
  if (count === 0) return [];
  const told = `${counted(count, 'contradiction', 'contradictions')} between messages of the gateway: ask LianLian what is true.`;
  return [paint('red', told)];
}

function entryLine(
  { number, at, code, checked, faults }: VerifiedEntry,
  all: VerifiedEntry[],
  paint: Paint,
): string {
  const width = (texts: string[]) => Math.max(...texts.map((text) => plain(text).length));
  const place = [
    String(number).padStart(String(all.length).length),
    plain(at).padEnd(width(all.map((entry) => entry.at))),
    plain(code).padEnd(width(all.map((entry) => entry.code))),
  ].join('  ');
  if (faults.length > 0) return `${place}  ${paint('red', `FAULT: ${saidOf(faults)}`)}`;
  return checked.length > 0
    ? `${place}  ${paint('green', 'ok')} ${plain(checked.join(', '))}`
    : `${place}  ${paint('dim', '-  nothing that the gateway signs')}`;
}

const saidOf = (faults: Fault[]): string => plain(faults.map(({ what }) => what).join('; '));

const isBySignature = (status: Status): boolean => status !== 'REQUESTED' && status !== 'REJECTED';

function faultLines(faults: Verdict['faults'], paint: Paint): string[] {
  return [
    paint(
      'red',
      `The story does not follow from its messages: ${counted(faults.length, 'fault', 'faults')}.`,
    ),
    ...faults.map(({ entry, code, what, todo }) =>
      plain(`  ${entry ? `Entry ${entry}, ${code}: ` : ''}${what}. ${todo}`),
    ),
  ];
}

function successOf({ status, identity, partner, messages, goesOn }: Verdict): string {
  const { money_refund, oid_refundno } = identity;
  const facts = [
    status && !isBySignature(status) ? `${status}, by the service's own word` : (status ?? 'no record'),
    money_refund && `${money_refund} CNY`,
    partner && `merchant ${partner}`,
    oid_refundno && `LianLian's number ${oid_refundno}`,
  ];
  const end = facts.filter(Boolean).join(', ');
  const where = goesOn ? 'So far it comes to' : 'It comes to';
  return plain(
    `All follows, by ${counted(messages, 'verified message', 'verified messages')}. ${where}: ${end}.`,
  );
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
