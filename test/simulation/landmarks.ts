/** What the worlds must reach, or nothing is shown of it. Each is counted once for a world. */
export const LANDMARKS = [
  'a repeated application finds a refund that was refused',
  'a refund is paid after it was refused',
  'a second page of due refunds is read',
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
  'an old refusal is applied for again, and the query fails',
  'a duplicate is not found',
  'an event is refused by the bus',
  'a waiting state machine is answered',
  'a dead letter is kept',
  'a dead letter is replayed',
  'a batch of changes is handed in again',
] as const;

export type Landmark = (typeof LANDMARKS)[number];
