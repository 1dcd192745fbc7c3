import type { Status } from '../../shared/domain/life-cycle.ts';
import type { VerifiedMessage } from '../../shared/domain/verified-message.ts';
import type { ExportedEntry } from './story.ts';

/** Something that doesn't follow. */
export interface Fault {
  what: string;
  /** What the reader can do about it. */
  todo: string;
}

/** What a check of an entry has come to: what was checked and found right, and what doesn't follow. */
export interface Finding {
  checked: string[];
  faults: Fault[];
}

/** What the entries before have told. */
export interface Told {
  /** Nothing is known before the beginning, and after a deletion. */
  status?: Status;
  /** The status of a record that was deleted. */
  deleted?: Status;
  /** What the application, or the messages that took effect, say of the refund: a message that differs is about another. */
  identity: Partial<Pick<VerifiedMessage, 'money_refund' | 'dt_refund' | 'oid_refundno'>>;
  /** The merchant that all messages name. */
  partner?: string;
  /** Every message so far that is verified. */
  messages: VerifiedMessage[];
}

/** An entry, where it stands. */
export interface Step {
  entry: ExportedEntry;
  /** Its message, once that is verified. */
  message?: VerifiedMessage;
  /** It has a message that isn't verified: what hangs on it can't be judged, and that it isn't verified is told already. */
  isUnverified: boolean;
  told: Told;
}

/** What a check finds. Each looks at every entry, and says nothing where it has nothing to look at. */
export type Check = (step: Step) => Finding;

export const nothing: Finding = { checked: [], faults: [] };

export const right = (...checked: string[]): Finding => ({ checked, faults: [] });

export const wrong = (what: string, todo: string): Finding => ({ checked: [], faults: [{ what, todo }] });

export function join(findings: Finding[]): Finding {
  return {
    checked: findings.flatMap(({ checked }) => checked),
    faults: findings.flatMap(({ faults }) => faults),
  };
}
