import type { Status } from '../../shared/domain/life-cycle.ts';
import type { ExportedEntry } from './story.ts';

/** The codes that tell a status for which the gateway must have signed. */
const BY_MESSAGE: Record<string, Status> = {
  'refund.initialized': 'INITIALIZED',
  'refund.processing': 'PROCESSING',
  'refund.succeeded': 'SUCCEEDED',
  'refund.failed': 'FAILED',
};

/** The codes that tell a status by the service's own word. */
const BY_OWN_WORD: Record<string, Status> = {
  'refund.rejected': 'REJECTED',
  'refund.reapplied': 'REQUESTED',
};

/** A status that the gateway must have signed for, where the entry tells that the refund has come to one. */
export function signedStatusOf({ code }: ExportedEntry): Status | undefined {
  return Object.hasOwn(BY_MESSAGE, code) ? BY_MESSAGE[code] : undefined;
}

/** The status that the entry tells the refund has moved to. */
export function movedTo(entry: ExportedEntry): Status | undefined {
  const { code } = entry;
  return signedStatusOf(entry) ?? (Object.hasOwn(BY_OWN_WORD, code) ? BY_OWN_WORD[code] : undefined);
}

/** Whether a record begins with the entry. */
export function isCreation({ code }: ExportedEntry): boolean {
  return ['refund.created', 'refund.external', 'record.restored'].includes(code);
}

/** Whether an entry may have a message beside it. */
export function mayHaveMessage(entry: ExportedEntry): boolean {
  return needsMessage(entry) || entry.code === 'message.conflict';
}

/** Whether only a message can have caused the entry. */
export function needsMessage(entry: ExportedEntry): boolean {
  const others = ['refund.external', 'message.completes', 'message.incomplete'];
  return signedStatusOf(entry) !== undefined || others.includes(entry.code);
}
