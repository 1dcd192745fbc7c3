import type { RefundStatus } from '../../client/types.ts';

/** What the gateway's `sta_refund` means. */
export const STATUS_OF: Record<string, RefundStatus> = {
  0: 'INITIALIZED',
  1: 'PROCESSING',
  2: 'SUCCEEDED',
  3: 'FAILED',
};

/** A status, by its name and a colour. */
export function Status({ status }: { status: RefundStatus }) {
  return <span class={`status ${status}`}>{status}</span>;
}
