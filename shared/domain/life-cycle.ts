export type Status = 'REQUESTED' | 'REJECTED' | 'INITIALIZED' | 'PROCESSING' | 'SUCCEEDED' | 'FAILED';

/** How far along a status is: a verified message moves a refund to a higher rank, never back or sideways. */
const RANK: Record<Status, number> = {
  REQUESTED: 0,
  REJECTED: 0,
  INITIALIZED: 1,
  PROCESSING: 2,
  SUCCEEDED: 3,
  FAILED: 3,
};

/** Every status there is. */
export const STATUSES = Object.keys(RANK) as Status[];

const FINAL_RANK = 3;

const BY_STA_REFUND = new Map<string, Status>([
  ['0', 'INITIALIZED'],
  ['1', 'PROCESSING'],
  ['2', 'SUCCEEDED'],
  ['3', 'FAILED'],
]);

/** The status that the gateway's `sta_refund` (`0` to `3`) means. */
export function statusOf(staRefund: string): Status {
  const status = BY_STA_REFUND.get(staRefund);
  if (!status) throw new RangeError('sta_refund must be 0, 1, 2 or 3');
  return status;
}

export function isFinal(status: Status): boolean {
  return RANK[status] === FINAL_RANK;
}

/** Whether the service still carries the refund to its end: a rejected one waits for its caller. */
export function isOpen(status: Status): boolean {
  return !isFinal(status) && status !== 'REJECTED';
}

/** Whether money moves, or has moved. */
export function movesMoney(status: Status): boolean {
  return RANK[status] > 0 && status !== 'FAILED';
}

/** The statuses from which a verified message moves a refund to `status`: those of a lower rank. */
export function statusesBefore(status: Status): Status[] {
  return STATUSES.filter((earlier) => RANK[earlier] < RANK[status]);
}

/** Whether two statuses can't both be true of one refund: one final status against the other. */
export function contradicts(known: Status, said: Status): boolean {
  return known !== said && isFinal(known) && isFinal(said);
}
