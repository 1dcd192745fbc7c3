import { contradicts, statusesBefore, statusOf } from '../../../shared/domain/life-cycle.ts';
import {
  IDENTITY_FIELDS,
  isAccepting,
  statusIn,
  type VerifiedMessage,
} from '../../../shared/domain/verified-message.ts';
import { mayHaveMessage, needsMessage, signedStatusOf } from '../codes.ts';
import { type Check, join, nothing, right, wrong } from '../finding.ts';

const NO_EVIDENCE =
  'Do not rely on this entry. Query the gateway (GET …?refresh=true), and ask LianLian for its own record.';

/** What only a message can cause has one. */
export const hasMessage: Check = ({ entry, message, isUnverified }) => {
  const isMissing = needsMessage(entry) && !message && !isUnverified;
  return isMissing ? wrong('it has no message of the gateway', NO_EVIDENCE) : nothing;
};

/** A status follows from the message of its entry. */
export const saysStatus: Check = ({ entry, message }) => {
  const isExternal = entry.code === 'refund.external';
  const told = signedStatusOf(entry) ?? (isExternal ? entry.facts.status : undefined);
  if (!told || !message) return nothing;
  const said = statusIn(message) ?? (isExternal ? 'REQUESTED' : undefined);
  if (said === undefined)
    return wrong(`it says ${told}, and its message is incomplete: ${lackOf(message)}`, NO_EVIDENCE);
  if (said !== told) return wrong(`it says ${told}, and its message says ${said}`, NO_EVIDENCE);
  return right(`the message says ${said}`);
};

function lackOf(message: VerifiedMessage): string {
  if (!isAccepting(message)) return `its ret_code is ${message.ret_code}`;
  return message.money_refund ? 'it has no sta_refund' : 'it has no money_refund';
}

/** A message that takes effect is about the refund that was applied for, and about one payment. */
export const sameRefund: Check = ({ entry, message, told: { identity } }) => {
  if (!message || entry.code === 'message.conflict') return nothing;
  const known = IDENTITY_FIELDS.filter((field) => identity[field] && message[field]);
  const others = known.filter((field) => identity[field] !== message[field]);
  if (others.length === 0) return known.length > 0 ? right(`the refund's ${known.join(', ')}`) : nothing;
  return join(
    others.map((field) =>
      wrong(`its message says ${field} ${message[field]}, and the story ${identity[field]}`, NO_EVIDENCE),
    ),
  );
};

/** A message that would have moved the refund has done so. */
export const tookEffect: Check = ({ entry, message, told }) => {
  const isAdded = entry.code === 'message.completes' || entry.code === 'message.incomplete';
  const said = message && isAdded ? statusIn(message) : undefined;
  if (!said) return nothing;
  const isAhead = told.status !== undefined && statusesBefore(said).includes(told.status);
  if (!isAhead && entry.code !== 'message.incomplete') return nothing;
  return wrong(`its message says ${said}, and the entry does not tell that status`, NO_EVIDENCE);
};

/** A message stands beside an entry that it can have caused, and contradicts the story only where that is told. */
export const noHiddenConflict: Check = ({ entry, message, told }) => {
  if (!message || entry.code === 'message.conflict') return nothing;
  if (!mayHaveMessage(entry)) return wrong('no message causes such an entry', NO_EVIDENCE);
  const said = message.sta_refund ? statusOf(message.sta_refund) : undefined;
  if (!said || !told.status || !contradicts(told.status, said)) return nothing;
  return wrong(
    `its message says ${said}, which contradicts ${told.status}, and the entry does not tell that`,
    NO_EVIDENCE,
  );
};
