/** What the service decides or finds out, one entry each: a log line has its code, its level, its sentence and its metrics. */
export interface Decision {
  level: 'info' | 'warn' | 'error';
  /** For a person who reads the log; what it was about is beside it. */
  text: string;
  /** Metrics that it raises by one. */
  counts?: readonly string[];
  /** Metrics whose value is measured: the third argument of `log` has it. A name ends with its unit, `Ms` or `Seconds`, or is a count. */
  measures?: readonly string[];
}

/**
 * Every decision, by its stable code. docs/operations.md says what to do about those that ask for something, and a test
 * holds it against this table. CONTRIBUTING.md has the recipe for a new one.
 */
export const DECISIONS = {
  // A refund
  'refund.created': { level: 'info', text: 'the refund is recorded, and its first attempt begins' },
  'refund.reapplied': { level: 'info', text: 'the rejected refund is applied for again' },
  'refund.rejected': {
    level: 'info',
    text: 'the gateway has rejected the refund',
    counts: ['RefundsRejected'],
  },
  'refund.initialized': { level: 'info', text: 'a verified message says that the refund is initialized' },
  'refund.processing': { level: 'info', text: 'a verified message says that the refund is being processed' },
  'refund.succeeded': {
    level: 'info',
    text: 'a verified message says that the refund has succeeded',
    counts: ['RefundsSucceeded'],
  },
  'refund.failed': {
    level: 'info',
    text: 'a verified message says that the refund has failed',
    counts: ['RefundsFailed'],
  },
  'refund.paid_after_rejection': {
    level: 'warn',
    text: 'the gateway carried out a refund that it had rejected',
    counts: ['PaidAfterRefusal'],
  },
  'refund.external': {
    level: 'warn',
    text: 'a notification tells of a refund that was not applied for here: it is recorded as external',
  },

  // An attempt: one signed request to the gateway
  'attempt.resent': {
    level: 'info',
    text: 'the gateway does not know the refund: the identical request is sent again',
    counts: ['Resends'],
  },
  'attempt.accepted': {
    level: 'info',
    text: 'the gateway answered the attempt with a verified message',
    measures: ['GatewayLatencyMs'],
  },
  'attempt.rejected': {
    level: 'info',
    text: 'the gateway rejected the attempt',
    measures: ['GatewayLatencyMs'],
  },
  'attempt.duplicate': {
    level: 'warn',
    text: 'the gateway calls the number of the attempt a duplicate: a query tells more',
    measures: ['GatewayLatencyMs'],
  },
  'attempt.in_doubt': {
    level: 'warn',
    text: 'the attempt has no answer that proves anything: its outcome is not known',
    counts: ['ExchangesInDoubt'],
    measures: ['GatewayLatencyMs'],
  },
  'attempt.not_sent': { level: 'warn', text: 'the attempt was not sent: too little time was left' },
  'attempt.duplicate_not_found': {
    level: 'error',
    text: 'the gateway calls the number a duplicate, and a query does not find it',
    counts: ['DuplicatesNotFound', 'StuckRefunds'],
  },
  'attempt.duplicate_unresolved': {
    level: 'warn',
    text: 'the gateway calls the number a duplicate, and the query was not answered',
  },
  'attempt.too_old_to_resend': {
    level: 'error',
    text: 'too old to be sent again by itself: apply for it again, or find out why nothing arrived',
    counts: ['TooOldToResend', 'StuckRefunds'],
  },
  'attempt.unrecorded': {
    level: 'error',
    text: 'the table was out of reach: the answer is the record as it stood, and a later check goes on',
    counts: ['Failures'],
  },

  // A query: a question to the gateway about one refund
  'query.found': {
    level: 'info',
    text: 'the gateway answered the query with a verified message',
    measures: ['GatewayLatencyMs'],
  },
  'query.not_found': {
    level: 'info',
    text: 'the gateway does not know the refund, or not yet',
    measures: ['GatewayLatencyMs'],
  },
  'query.in_doubt': {
    level: 'warn',
    text: 'the query has no answer that proves anything',
    counts: ['ExchangesInDoubt'],
    measures: ['GatewayLatencyMs'],
  },
  'query.not_sent': { level: 'warn', text: 'the query was not sent: too little time was left' },
  'query.denies_message': {
    level: 'error',
    text: 'the gateway does not find a refund that a verified message is about',
    counts: ['UnknownToGateway', 'StuckRefunds'],
  },
  'query.denies_status': {
    level: 'error',
    text: 'the gateway does not know a refund that it has answered for',
    counts: ['UnknownToGateway', 'StuckRefunds'],
  },
  'query.impossible': {
    level: 'error',
    text: 'a refund cannot be queried: its date is not known',
    counts: ['NotQueryable', 'StuckRefunds'],
  },
  'gateway.refuses_service': {
    level: 'error',
    text: 'the gateway refuses this service as such: its address, its key, its merchant or its rights',
    counts: ['SetupRefusals'],
  },
  'gateway.keep_alive': {
    level: 'info',
    text: 'how long a connection to the gateway may idle, by its own word',
  },

  // A verified message
  'message.incomplete': {
    level: 'info',
    text: 'a verified message lacks the amount or the status: a query is due',
  },
  'message.completes': { level: 'info', text: 'a verified message adds what the record lacked' },
  'message.unchanged': { level: 'info', text: 'a repeated or late message changes nothing' },
  'message.conflict': { level: 'error', text: 'a verified message contradicts the record' },
  'message.unrecorded': {
    level: 'error',
    text: 'a verified message could not be recorded: compare the record with what it says',
    counts: ['UnrecordedMessages', 'Failures'],
  },
  'message.conflict_unrecorded': {
    level: 'error',
    text: 'a verified message that contradicts the record could not be recorded: compare the record with it',
    counts: ['UnrecordedMessages', 'Failures', 'Conflicts'],
  },
  'message.unreadable': {
    level: 'error',
    text: "the gateway signed a message whose fields don't have their documented form: it is not believed",
    counts: ['UnreadableMessages'],
  },

  // The record, as the table's stream shows it
  'record.conflict': { level: 'error', text: 'a record has a new conflict', counts: ['Conflicts'] },
  'record.deleted': {
    level: 'error',
    text: 'a record was deleted: restore it, since it keeps its number from being sent again',
    counts: ['RecordsDeleted'],
  },
  'record.unreadable': {
    level: 'error',
    text: 'a change of the record cannot be told: it has values of another kind',
    counts: ['Failures'],
  },
  'record.foreign': {
    level: 'error',
    text: 'an item of the table is not the record of a refund',
    counts: ['Failures'],
  },

  // Publishing
  'event.published': { level: 'info', text: 'the change of status is published' },
  'event.failed': { level: 'error', text: 'an event could not be published' },
  'task.completed': { level: 'info', text: 'the waiting state machine has its answer' },
  'task.gone': { level: 'info', text: 'no state machine waits any more' },
  'task.failed': { level: 'error', text: 'the waiting state machine could not be answered' },
  'dead_letter.sent': {
    level: 'error',
    text: 'publishing was given up: the change is a dead letter',
    counts: ['DeadLetters'],
  },
  'dead_letter.failed': { level: 'error', text: 'a dead letter could not be sent' },
  'dead_letter.not_replayed': { level: 'error', text: 'a dead letter could not be replayed' },
  'dead_letter.without_record': {
    level: 'error',
    text: 'a dead letter has no record: restore it, records are never deleted',
  },
  'dead_letter.foreign': {
    level: 'error',
    text: 'a message is not a dead letter of this function: it stays in its queue',
  },

  // The story of a refund
  'story.unrecorded': {
    level: 'error',
    text: 'a change could not be recorded in the story: the stream hands it in again',
    counts: ['Failures'],
  },

  // Reconciliation
  'check.failed': { level: 'error', text: 'a refund could not be checked', counts: ['Failures'] },
  'reconciliation.part_unread': {
    level: 'error',
    text: 'a part of what is due could not be read: the next run reads it',
    counts: ['Failures'],
  },
  'reconciliation.part_leased': {
    level: 'info',
    text: 'another run checks what is due in this part of the index',
  },
  'reconciliation.lease_kept': {
    level: 'info',
    text: 'the lease of a part of the index could not be released: it ends by itself before the next run',
  },
  'reconciliation.handed_over': { level: 'info', text: 'much is due: another run gets a share of it' },
  'reconciliation.not_handed_over': {
    level: 'error',
    text: 'another run could not be started: this one goes on with its share',
    counts: ['Failures'],
  },
  'reconciliation.ended': {
    level: 'info',
    text: 'reconciled',
    measures: ['OldestUnfinishedSeconds', 'OldestRequestedSeconds', 'ReconciliationLagSeconds', 'ChecksLeft'],
  },

  // A request, as its caller sees it
  'request.refused': { level: 'warn', text: 'answered with an error that the caller can act on' },
  'request.forged': {
    level: 'warn',
    text: 'answered with an error: the gateway did not sign it for this merchant',
    counts: ['ForgedNotifications'],
  },
  'request.unavailable': {
    level: 'warn',
    text: 'answered with an error: keys or the table were out of reach',
    counts: ['Failures'],
  },
  'request.unforeseen': { level: 'error', text: 'something unforeseen', counts: ['Failures'] },

  // Keys and settings
  'key.unreachable': { level: 'error', text: 'a key could not be fetched', counts: ['Failures'] },
  'key.part_unusable': {
    level: 'error',
    text: 'a part of a secret cannot be used: the rest serves',
    counts: ['Failures'],
  },
  'setting.resend_too_early': {
    level: 'warn',
    text: 'RESEND_AFTER_SECONDS is shorter than a sender may live: "not found" may be believed too early',
  },
} as const satisfies Record<string, Decision>;

export type DecisionCode = keyof typeof DECISIONS;

type Named<Key extends string> = {
  [Code in DecisionCode]: (typeof DECISIONS)[Code] extends Record<Key, readonly (infer Name)[]>
    ? Name
    : never;
}[DecisionCode];

/** A metric that is measured rather than counted. */
export type Measure = Named<'measures'>;

export type Metric = Named<'counts'> | Measure;
