import { DECISIONS, type DecisionCode } from '../decisions.ts';

/** What a story tells beside decisions that are logged. */
const OF_THE_RECORD = {
  'attempt.sent': 'an attempt: the signed request is sent to the gateway, once this is recorded',
  'application.repeated': 'the same refund is applied for again while its outcome is not known',
  'check.begun':
    'a check: the gateway is queried, or an attempt that is under way is waited for. What it finds follows, if it is new',
  'check.ended': 'the rejected refund is not checked any more: nothing was heard of it for seven days',
  'task.waits': "a state machine waits for the refund's end",
  'record.restored': 'the record was put back as it was: after a deletion, or as a copy',
  'record.held': 'somebody holds the refund by hand, so that it is not sent',
  'record.hold_ended': 'the hold has ended: checks go on',
  'record.changed_by_hand':
    'something was changed that this service never changes: by hand, or by another program',
} as const satisfies Record<string, string>;

/** The stable code of an entry of a story. */
export type StoryCode = DecisionCode | keyof typeof OF_THE_RECORD;

/** The sentence of an entry, for people. Of a code that an older release wrote, the code itself. */
export function sentenceOf(code: string): string {
  if (Object.hasOwn(OF_THE_RECORD, code)) return OF_THE_RECORD[code as keyof typeof OF_THE_RECORD];
  return Object.hasOwn(DECISIONS, code) ? DECISIONS[code as DecisionCode].text : code;
}
