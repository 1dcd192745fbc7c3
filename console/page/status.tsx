import type { RefundStatus } from '../../client/types.ts';

/** A status, by its name and a colour. */
export function Status({ status }: { status: RefundStatus }) {
  return <span class={`status ${status}`}>{status}</span>;
}
