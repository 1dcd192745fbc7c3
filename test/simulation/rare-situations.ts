/** What some of the worlds must reach: otherwise it isn't tested. Each is counted once for a world. */
export const RARE_SITUATIONS = [
  'a repeated application finds a refund that was rejected',
  'a refund is paid after its rejection',
  'a second page of due refunds is read',
  'two refunds of a shard are checked at a time',
  'an external refund without a date',
  'an answer without its documented form',
  'an answer to a query without its documented form',
  'a notification without its documented form',
  'an incomplete answer',
  'an incomplete notification',
  'an answer contradicts the record',
  'an answer to a query contradicts the record',
  'a notification contradicts the record',
  'the write of a conflict fails',
  'the answer to the write of a conflict is lost',
  'a refund is too old to be sent again',
  'an old rejected refund is applied for again, and the query fails',
  'a duplicate is not found',
  'an event is rejected by the bus',
  'a task is completed',
  'a dead letter is sent',
  'a dead letter is replayed',
  'a batch of change records is delivered again',
] as const;

export type RareSituation = (typeof RARE_SITUATIONS)[number];
