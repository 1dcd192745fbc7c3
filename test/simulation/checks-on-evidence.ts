import type { Refund } from '../../shared/domain/refund.ts';
import type { StoryEntry } from '../../shared/domain/story.ts';
import { completeStatus } from './checks-on-messages.ts';
import type { SeenChange } from './checks-on-story.ts';
import { STA_REFUND } from './checks-on-writes.ts';
import type { Message } from './gateway/wire.ts';
import type { World } from './world.ts';

const DECISIVE = ['sta_refund', 'money_refund', 'dt_refund', 'oid_refundno', 'ret_code'] as const;

/** What a message may add to a record. */
const ADDED = ['money_refund', 'dt_refund', 'oid_refundno', 'settle_date'] as const;

interface Told {
  seen: SeenChange;
  entry: StoryEntry;
  /** Whether the entry must have a message. */
  isDue: boolean;
}

/** The message beside an entry must be one that the gateway has sent, to the letter, and that says what the entry says. */
export function violationOfEvidence(
  { gateway }: World,
  heard: ReadonlySet<string>,
  { seen, entry, isDue }: Told,
): string | undefined {
  const { message } = entry;
  if (!message) return isDue ? 'the message is missing' : undefined;
  if (!isDue) return 'no message has caused this';
  const sent = gateway.ledger.messageOf(message.text);
  if (!sent?.isReadable || sent.message.no_refund !== seen.noRefund)
    return 'the gateway has not sent this message';
  if (!heard.has(`${message.via} ${message.text}`)) return `it has not come via ${message.via}`;
  return violationOfWords(sent.message, seen, entry);
}

function violationOfWords(
  message: Message,
  { before, after }: SeenChange,
  entry: StoryEntry,
): string | undefined {
  const agrees = agreementWith(message);
  if (entry.code === 'message.conflict') {
    const isItself = DECISIVE.every((field) => !entry[field] || agrees(entry, field));
    // A claim of an earlier message, against which this one has brought the gateway's number.
    const isAgainstClaim = !before?.oid_refundno && agrees(after, 'oid_refundno');
    return isItself || isAgainstClaim ? undefined : 'the message says something else';
  }
  if (entry.code === 'message.incomplete')
    return completeStatus(message) ? 'the message is complete' : violationOfClaims(message, before, after);
  const isMove = !before || before.status !== after?.status;
  const staRefund = STA_REFUND[after?.status ?? 'REQUESTED'];
  if (isMove && staRefund && (message.sta_refund !== staRefund || !agrees(after, 'money_refund')))
    return 'the message says another status or amount';
  const added =
    isMove && staRefund ? ADDED.filter((field) => message[field]) : ADDED.filter((field) => entry[field]);
  const wrong = added.find((field) => !agrees(after, field));
  return wrong && `the message says another ${wrong}`;
}

function violationOfClaims(
  message: Message,
  before: Refund | undefined,
  after: Refund | undefined,
): string | undefined {
  const claims = { claimed_sta_refund: 'sta_refund', claimed_oid_refundno: 'oid_refundno' } as const;
  const isWrong = Object.entries(claims).some(([claim, field]) => {
    const claimed = after?.[claim as keyof typeof claims];
    return claimed !== before?.[claim as keyof typeof claims] && claimed !== message[field];
  });
  return isWrong ? 'the message claims something else' : undefined;
}

/** Whether a message and a record, or an entry, have the same in a field: amounts by value. */
function agreementWith(message: Message) {
  return (fields: object | undefined, field: string): boolean => {
    const said = message[field];
    const kept = (fields as Record<string, string | undefined> | undefined)?.[field];
    return field === 'money_refund' ? Number(said) === Number(kept) : said === kept;
  };
}
