import { contradicts, statusOf } from '../../../shared/domain/life-cycle.ts';
import {
  decisiveFields,
  IDENTITY_FIELDS,
  type VerifiedMessage,
} from '../../../shared/domain/verified-message.ts';
import { type Check, nothing, right, type Step, wrong } from '../finding.ts';

/** What a conflict tells of a message. */
const DECISIVE = ['sta_refund', 'money_refund', 'dt_refund', 'oid_refundno', 'ret_code'] as const;

type Decisive = Partial<Record<(typeof DECISIVE)[number], string>>;

const NO_CONFLICT =
  'Do not rely on this entry. Read the refund (its field conflict), and ask LianLian for its own record.';

/**
 * A contradiction is what its own message says or, where an incomplete message has claimed it, what an earlier one says;
 * and something else in the story can't be true beside it.
 */
export const conflictHasEvidence: Check = (step) => {
  const { entry, isUnverified } = step;
  if (entry.code !== 'message.conflict' || isUnverified) return nothing;
  const told: Decisive = Object.fromEntries(
    DECISIVE.filter((field) => entry.facts[field] !== undefined).map((field) => [field, entry.facts[field]]),
  );
  const source = sourceOf(told, step);
  if (!source) return wrong('it tells of a contradiction, and no message says what it tells', NO_CONFLICT);
  if (!contradictsStory(told, step))
    return wrong('it tells of a contradiction, and nothing contradicts it', NO_CONFLICT);
  return right(`contradiction by ${source} message`);
};

function sourceOf(
  told: Decisive,
  { message, told: { messages } }: Step,
): 'its own' | 'an earlier' | undefined {
  if (message && isOwn(told, message)) return 'its own';
  const fields = DECISIVE.filter((field) => told[field]);
  const isClaimed = fields.every((field) => messages.some((earlier) => earlier[field] === told[field]));
  return fields.length > 0 && isClaimed ? 'an earlier' : undefined;
}

/** Whether a conflict tells its own message. Otherwise that one settles something, and an earlier one claimed the contrary. */
export function isOwn(told: Decisive, message: VerifiedMessage): boolean {
  const said = decisiveFields(message);
  return DECISIVE.every((field) => told[field] === said[field]);
}

function contradictsStory(said: Decisive, { message, told }: Step): boolean {
  const others: Decisive[] = [told.identity, ...told.messages, ...(message ? [message] : [])];
  const isOther = (one: Decisive) =>
    IDENTITY_FIELDS.some((field) => said[field] && one[field] && said[field] !== one[field]);
  const known = [told.status, ...others.map(({ sta_refund }) => sta_refund && statusOf(sta_refund))];
  const isOtherEnd = known.some(
    (status) => status && said.sta_refund && contradicts(status, statusOf(said.sta_refund)),
  );
  return others.some(isOther) || isOtherEnd;
}
