import { closeSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusEvent } from './aws/event-bridge.ts';
import { eventText, type GatewayEvent } from './gateway/events.ts';
import type { Listeners } from './listeners.ts';

/** The parts that are watched. */
interface LiveParts {
  readonly gateway: Listeners<GatewayEvent>;
  readonly published: Listeners<BusEvent>;
  /** The functions' log, one JSON line for each decision. */
  readonly logFile: string;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

const pollMs = 50;

/** Prints what happens to each refund, on both sides, until the signal: `gateway`, `service`, `record` and `events` lines. */
export async function printLive({ gateway, published, logFile, signal, print }: LiveParts): Promise<void> {
  const line = (who: string, no_refund: string, what: string, at = new Date()) =>
    print(`  ${at.toTimeString().slice(0, 8)}  ${who.padEnd(8)} ${no_refund}  ${what}`);
  using cleanup = new DisposableStack();
  cleanup.defer(
    gateway.subscribe((event) => {
      const text = eventText(event);
      if (text) line('gateway', event.no_refund, text, event.at);
    }),
  );
  cleanup.defer(
    published.subscribe(({ detail: { no_refund, previous_status, status } }) =>
      line('events', String(no_refund), [previous_status, status].filter(Boolean).join(' -> ')),
    ),
  );
  for await (const text of linesOf(logFile, signal)) {
    const decision = decisionIn(text);
    if (!decision) continue;
    line('service', decision.no_refund, serviceText(decision));
    const status = recordStatus[decision.code];
    if (status) line('record', decision.no_refund, status);
  }
}

interface Decision {
  readonly code: string;
  readonly decision: string;
  readonly no_refund: string;
  readonly reason?: string;
  readonly ret_code?: string;
}

/** Decisions that change the status of a record. */
const recordStatus: Record<string, string> = {
  'refund.created': 'REQUESTED',
  'refund.reapplied': 'REQUESTED',
  'refund.rejected': 'REJECTED',
  'refund.initialized': 'INITIALIZED',
  'refund.processing': 'PROCESSING',
  'refund.succeeded': 'SUCCEEDED',
  'refund.failed': 'FAILED',
};

/** Of a refund, and neither published (that has its own line) nor of a repetition without effect. */
function decisionIn(text: string): Decision | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const line = JSON.parse(text);
    const isOfRefund = typeof line.no_refund === 'string' && typeof line.code === 'string';
    return isOfRefund && !line.code.startsWith('event.') ? line : undefined;
  } catch {
    return undefined;
  }
}

function serviceText({ decision, reason, ret_code }: Decision): string {
  const why = [reason, reason?.includes(ret_code ?? '') ? undefined : ret_code].filter(Boolean).join(', ');
  return why ? `${decision} (${why})` : decision;
}

/** The lines that are added to a file from now on, until the signal. */
async function* linesOf(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const handle = openSync(file, 'r');
  const buffer = Buffer.alloc(65_536);
  const decoder = new TextDecoder();
  let rest = '';
  while (readSync(handle, buffer) > 0);
  while (!signal.aborted) {
    for (let bytes = readSync(handle, buffer); bytes > 0; bytes = readSync(handle, buffer)) {
      const lines = (rest + decoder.decode(buffer.subarray(0, bytes), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    await sleep(pollMs, undefined, { signal }).catch(() => {
      // The loop ends by the signal.
    });
  }
  closeSync(handle);
}
