import type { Status } from '../shared/domain/life-cycle.ts';
import { oneOf } from './described.ts';

const MEANINGS: Record<Status, string> = {
  REQUESTED: 'recorded; what the gateway made of it is not known yet',
  REJECTED: 'rejected by the gateway, without effect as far as can be known; apply again, unchanged',
  INITIALIZED: 'taken in by the gateway',
  PROCESSING: 'being worked on by the gateway',
  SUCCEEDED: 'refunded; final',
  FAILED: 'failed for good; final',
};

export const status = oneOf(MEANINGS);

/** Every status with its meaning, in one line. */
export const STATUSES_EXPLAINED = Object.entries(MEANINGS)
  .map(([name, meaning]) => `\`${name}\`: ${meaning}.`)
  .join(' ');
