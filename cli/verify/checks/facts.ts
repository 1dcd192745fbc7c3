import { RESULT_FIELDS } from '../../../shared/domain/refund.ts';
import { statusIn, type VerifiedMessage } from '../../../shared/domain/verified-message.ts';
import { needsMessage, signedStatusOf } from '../codes.ts';
import { type Check, type Finding, join, nothing, right, type Step, wrong } from '../finding.ts';

type Field = Exclude<keyof VerifiedMessage, 'packed' | 'no_refund' | 'ret_code' | 'ret_msg'>;

const EXTERNAL = ['money_refund', 'dt_refund', 'sta_refund', 'oid_refundno', 'settle_date'] as const;

/** Facts that a message says under the same name. */
const SAID: readonly Field[] = ['money_refund', 'dt_refund', 'sta_refund', ...RESULT_FIELDS];

/** Facts that an incomplete message has claimed, now or earlier. */
const CLAIMED = { claimed_sta_refund: 'sta_refund', claimed_oid_refundno: 'oid_refundno' } as const;

const CHANGED =
  'Believe the message, not the entry. Somebody has changed one of them: keep the export, and find out who.';

/** Facts that the gateway told are those of the message, or of an earlier one where this one leaves them out. */
export const factsAreSaid: Check = (step) => {
  const { entry, message, isUnverified } = step;
  // Its facts are what was applied for: every message is held against them. A conflict has a check of its own.
  const isOther = entry.code === 'refund.created' || entry.code === 'message.conflict';
  // That the message is missing is told already.
  const isMissing = needsMessage(entry) && !message;
  if (isOther || isUnverified || isMissing) return nothing;
  const said = SAID.map((field) => factIsSaid(step, field));
  const claimed = Object.entries(CLAIMED).map(([name, field]) => factIsClaimed(step, name, field));
  return join([...said, ...claimed]);
};

function factIsSaid({ entry, message, told }: Step, field: Field): Finding {
  const fact = entry.facts[field];
  const said = message?.[field];
  if (fact === undefined) {
    const isHidden = said !== undefined && shows(entry, message).includes(field);
    return isHidden ? wrong(`it lacks ${field}, and its message says ${said}`, CHANGED) : nothing;
  }
  if (said !== undefined)
    return fact === said
      ? right(field)
      : wrong(`it says ${field} ${fact}, and its message says ${said}`, CHANGED);
  const isSaidEarlier = told.messages.some((earlier) => earlier[field] === fact);
  return isSaidEarlier
    ? right(`${field} by an earlier message`)
    : wrong(`it says ${field} ${fact}, and no message does`, CHANGED);
}

function factIsClaimed({ entry, message, told }: Step, name: string, field: Field): Finding {
  const fact = entry.facts[name];
  if (fact === undefined) return nothing;
  const isClaimed = [message, ...told.messages].some((one) => one?.[field] === fact);
  return isClaimed ? right(name) : wrong(`it says ${name} ${fact}, and no message does`, CHANGED);
}

/** What an entry shows wherever its message says it. */
function shows(entry: Step['entry'], message: VerifiedMessage | undefined): readonly Field[] {
  if (signedStatusOf(entry)) return ['sta_refund', ...RESULT_FIELDS];
  return entry.code === 'refund.external' && message && statusIn(message) ? EXTERNAL : [];
}
