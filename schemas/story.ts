import type { Story, ToldEntry } from '../shared/app/history.ts';
import type { StoryFacts } from '../shared/app/story/facts.ts';
import type { EvidenceVia, ReceivedMessage } from '../shared/domain/story.ts';
import { type Described, integer, listOf, moment, named, oneOf, text } from './described.ts';
import { kind, REFUND } from './refund.ts';
import { status } from './statuses.ts';

const VIA: Record<EvidenceVia, true> = { answer: true, query: true, notification: true };

/** A verified message to the letter. */
export const RECEIVED_MESSAGE: Described<ReceivedMessage> = {
  text: { of: text(), required: true, says: 'The message as it was received, its signature included.' },
  via: { of: oneOf(VIA), required: true, says: 'How it came.' },
  received_at: { of: moment, required: true, says: 'When it came.' },
};

/** What an entry tells beside code, time and sentence. */
const FACTS: Described<StoryFacts> = {
  status: { of: status, says: 'The status from then on.' },
  from: { of: status, says: 'The status before.' },
  kind: { of: kind, says: REFUND.kind.says },
  money_refund: REFUND.money_refund,
  no_order: REFUND.no_order,
  oid_paybill: REFUND.oid_paybill,
  dt_refund: REFUND.dt_refund,
  reference: REFUND.reference,
  reason: { of: text(), says: 'Why: your own words, those of a rejection, or what a problem was.' },
  requested_by: REFUND.requested_by,
  requested_by_iam: REFUND.requested_by_iam,
  sta_refund: REFUND.sta_refund,
  oid_refundno: REFUND.oid_refundno,
  settle_date: REFUND.settle_date,
  money_foreign_refund: REFUND.money_foreign_refund,
  rate_id: REFUND.rate_id,
  rate: REFUND.rate,
  exchange_bankcode: REFUND.exchange_bankcode,
  ret_code: { of: text(), says: "The gateway's return code." },
  ret_msg: { of: text(), says: "The gateway's text of it." },
  claimed_sta_refund: { of: text(), says: 'The status that an incomplete message claims.' },
  claimed_oid_refundno: { of: text(), says: "The gateway's number that an incomplete message claims." },
  attempt: { of: integer(1), says: 'Counts the attempts.' },
  next_check_at: { of: moment, says: 'When the refund is checked next.' },
  until: { of: moment, says: 'When a hold ends.' },
  fields: { of: listOf(text()), says: 'Those that were changed by hand.' },
  error: { of: text(), says: 'Why a change of the record could not be read.' },
  needs_attention: REFUND.needs_attention,
  what_to_do: REFUND.what_to_do,
  message: { of: named<ReceivedMessage>('ReceivedMessage'), says: 'The verified message that caused it.' },
};

/** One thing that happened to a refund. */
export const ENTRY: Described<Pick<ToldEntry, 'at' | 'code' | 'text'> & StoryFacts> = {
  at: { of: moment, required: true, says: 'When it happened.' },
  code: {
    of: text(),
    required: true,
    says: 'What happened: stable, and one of those in docs/stories.md.',
    example: 'refund.succeeded',
  },
  text: { of: text(), required: true, says: 'What happened, for people.' },
  ...FACTS,
};

/** A page of a story. */
export const STORY: Described<Story> = {
  no_refund: REFUND.no_refund,
  entries: { of: listOf(named<ToldEntry>('StoryEntry')), required: true, says: 'Oldest first.' },
  next: { of: text(), says: 'There is more: send it as the parameter next, unchanged.' },
};
