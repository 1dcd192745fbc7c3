import type { Status } from './message-format.ts';
import type { Answer, Scenario, Step } from './scenario.ts';

export interface Behaviour {
  /** How `no_refund` begins; NNN and NNNN stand for digits. */
  readonly prefix: string;
  /** One English sentence. */
  readonly does: string;
  /**
   * @param digits those in the place of the prefix's NNN or NNNN
   * @param earlierRequests valid refund requests received before for this `no_refund`
   */
  readonly scenario: (digits: string, earlierRequests: number) => Scenario;
}

const notified = (status: Status): Step => ({ status, booked: true, notified: true });
const unnotified = (status: Status): Step => ({ status, booked: true, notified: false });
const claimed = (status: Status): Step => ({ status, booked: false, notified: true });

const accepted: Answer = { kind: 'accepted' };
const normal: Scenario = { booked: true, status: '1', steps: [notified('2')], answer: accepted };

const paid = (answer: Answer): Scenario => ({ ...normal, answer });
const unpaid = (answer: Answer): Scenario => ({ booked: false, status: '2', steps: [], answer });

/** Replaces the last digit: the value differs, its form stays valid. */
const otherDigit = (text = '') => text.slice(0, -1) + (text.endsWith('7') ? '8' : '7');
const paidWithAnotherAnswered = (field: string): Scenario =>
  paid({ kind: 'accepted', changes: (fields) => ({ ...fields, [field]: otherDigit(fields[field]) }) });

/** The rule without a prefix comes first; of several prefixes that match, the longest wins. */
export const behaviours: readonly Behaviour[] = [
  {
    prefix: '',
    does: 'Booked and paid; the answer says processing, and a notification of success follows.',
    scenario: () => normal,
  },
  {
    prefix: 'success-',
    does: 'Booked and paid; the answer says success already, and a notification repeats it.',
    scenario: () => ({ ...normal, status: '2' }),
  },
  {
    prefix: 'failed-',
    does: 'Booked; the answer says processing, and a notification of failure follows, but for an exchange refund none: only a query reports the failure.',
    scenario: () => ({ ...normal, steps: [notified('3')] }),
  },
  {
    prefix: 'failed-now-',
    does: 'Booked; the answer says failed already, and a notification repeats it, but not for an exchange refund.',
    scenario: () => ({ ...normal, status: '3', steps: [notified('3')] }),
  },
  {
    prefix: 'init-',
    does: 'Booked and paid; the answer says initialized, and notifications of initialized, processing and success follow.',
    scenario: () => ({ ...normal, status: '0', steps: [notified('0'), notified('1'), notified('2')] }),
  },
  {
    prefix: 'code-NNNN-',
    does: 'Never booked; every request is answered with the return code NNNN.',
    scenario: (digits) => unpaid({ kind: 'code', code: digits }),
  },
  {
    prefix: 'once-NNNN-',
    does: 'The first request is answered with the return code NNNN and not booked; the next one is treated normally.',
    scenario: (digits, earlier) => (earlier === 0 ? unpaid({ kind: 'code', code: digits }) : normal),
  },
  {
    prefix: 'booked-NNNN-',
    does: 'Booked and paid, yet answered with the return code NNNN; a notification of success follows.',
    scenario: (digits) => paid({ kind: 'code', code: digits }),
  },
  {
    prefix: 'silent-',
    does: 'Booked and paid, but never answered; a notification of success follows.',
    scenario: () => paid({ kind: 'silence' }),
  },
  {
    prefix: 'lost-',
    does: 'Every request is lost: neither booked nor answered.',
    scenario: () => unpaid({ kind: 'lost' }),
  },
  {
    prefix: 'lost-once-',
    does: 'The first request is lost, neither booked nor answered; the next one is treated normally.',
    scenario: (_digits, earlier) => (earlier === 0 ? unpaid({ kind: 'lost' }) : normal),
  },
  {
    prefix: 'late-NNNN-',
    does: 'The first request is delayed on the network, and booked and paid just before the second one, which is answered with the return code NNNN; a notification of success follows.',
    scenario: (digits, earlier) =>
      earlier === 0 ? unpaid({ kind: 'delayed' }) : paid({ kind: 'code', code: digits }),
  },
  {
    prefix: 'slow-',
    does: 'Booked and paid at once, but answered only after a delay; a notification of success follows.',
    scenario: () => paid({ kind: 'accepted', slow: true }),
  },
  {
    prefix: 'drop-',
    does: 'Booked and paid, but the connection breaks before the answer; a notification of success follows.',
    scenario: () => paid({ kind: 'drop' }),
  },
  {
    prefix: 'drop-unbooked-',
    does: 'Never booked; the connection of every request breaks without an answer.',
    scenario: () => unpaid({ kind: 'drop' }),
  },
  {
    prefix: 'half-',
    does: 'Booked and paid, but the connection breaks after half of the answer; a notification of success follows.',
    scenario: () => paid({ kind: 'half' }),
  },
  {
    prefix: 'http-NNN-',
    does: 'Booked and paid, with the normal signed answer under the HTTP status NNN (200 to 599); a notification of success follows.',
    scenario: (digits) => paid({ kind: 'accepted', httpStatus: Number(digits) }),
  },
  {
    prefix: 'garbage-',
    does: 'Booked and paid, but answered with a page of HTML; a notification of success follows.',
    scenario: () => paid({ kind: 'html' }),
  },
  {
    prefix: 'unsigned-',
    does: 'Booked and paid, but the 0000 answer has no signature; a notification of success follows.',
    scenario: () => paid({ kind: 'accepted', signature: 'none' }),
  },
  {
    prefix: 'forged-',
    does: 'Never booked; every request is answered with a success that is signed with an untrusted key.',
    scenario: () => unpaid({ kind: 'accepted', signature: 'untrusted' }),
  },
  {
    prefix: 'md5-',
    does: 'Booked and paid, but the 0000 answer says sign_type MD5; a notification of success, signed with RSA, follows.',
    scenario: () => paid({ kind: 'accepted', signature: 'md5' }),
  },
  {
    prefix: 'other-refund-',
    does: 'Booked and paid, but the signed answer names another no_refund; a correct notification of success follows.',
    scenario: () => paidWithAnotherAnswered('no_refund'),
  },
  {
    prefix: 'other-amount-',
    does: 'Booked and paid, but the signed answer names another money_refund; a correct notification of success follows.',
    scenario: () => paidWithAnotherAnswered('money_refund'),
  },
  {
    prefix: 'other-date-',
    does: 'Booked and paid, but the signed answer names another dt_refund; a correct notification of success follows.',
    scenario: () => paidWithAnotherAnswered('dt_refund'),
  },
  {
    prefix: 'other-partner-',
    does: 'Booked and paid, but the signed answer names another oid_partner; a correct notification of success follows.',
    scenario: () => paidWithAnotherAnswered('oid_partner'),
  },
  {
    prefix: 'other-number-',
    does: 'Booked and paid; the notification of success carries another oid_refundno than the answer, as if it had been paid twice.',
    scenario: () => ({
      ...normal,
      // A year from which the gateway has no numbers.
      notificationChanges: (fields) => ({ ...fields, oid_refundno: `9${fields.oid_refundno?.slice(1)}` }),
    }),
  },
  {
    prefix: 'early-',
    does: 'Booked and paid; the notification of success arrives before the answer, which says processing.',
    scenario: () => ({ ...normal, early: true }),
  },
  {
    prefix: 'twice-',
    does: 'Booked and paid; the answer says processing, and the notification of success is sent twice.',
    scenario: () => ({ ...normal, copies: 2 }),
  },
  {
    prefix: 'reorder-',
    does: 'Booked and paid; the notification of success arrives first, a late one of processing after it.',
    scenario: () => ({ ...normal, steps: [notified('2'), claimed('1')] }),
  },
  {
    prefix: 'contradict-',
    does: 'Booked and paid; a notification of success is followed by one of failure, while the ledger keeps the success; for an exchange refund only the first is sent.',
    scenario: () => ({ ...normal, steps: [notified('2'), claimed('3')] }),
  },
  {
    prefix: 'mute-',
    does: 'Booked and paid; the answer says processing, and only a query reports the success, since no notification is sent.',
    scenario: () => ({ ...normal, steps: [unnotified('2')] }),
  },
  {
    prefix: 'bare-',
    does: 'Booked and paid; all messages about it carry their numbers without quotes, as written (200.10).',
    scenario: () => ({ ...normal, bareNumbers: true }),
  },
];

// No 1xx: it isn't a final response.
const digitPatterns = { NNNN: String.raw`(\d{4})`, NNN: String.raw`([2-5]\d\d)` };

/** The behaviour that the beginning of a `no_refund` selects, and the digits in it. */
export function behaviourOf(no_refund: string): { behaviour: Behaviour; digits: string } {
  const matches = behaviours.flatMap((behaviour) => {
    const match = prefixPattern(behaviour.prefix).exec(no_refund);
    return match ? [{ behaviour, digits: match[1] ?? '', length: match[0].length }] : [];
  });
  return matches.reduce((longest, match) => (match.length > longest.length ? match : longest));
}

/** A beginning that can be used as it is: with digits in the place of the prefix's NNN or NNNN. */
export function exampleOf({ prefix }: Behaviour): string {
  return prefix.replace('NNNN', '5006').replace('NNN', '500');
}

/** The beginning that was perhaps meant, where a `no_refund` has the word of one that wants digits, and not the digits. */
export function misspeltBehaviour(no_refund: string): string | undefined {
  if (behaviourOf(no_refund).behaviour.prefix !== '') return undefined;
  const withDigits = behaviours.filter(({ prefix }) => /N/.test(prefix));
  return withDigits.find(({ prefix }) => no_refund.startsWith(prefix.slice(0, prefix.indexOf('N'))))?.prefix;
}

function prefixPattern(prefix: string): RegExp {
  const digits = (placeholder: string) => digitPatterns[placeholder as keyof typeof digitPatterns];
  return new RegExp(`^${prefix.replace(/NNNN|NNN/, digits)}`);
}
