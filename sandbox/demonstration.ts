import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { BusEvent } from './aws/event-bridge.ts';
import { eventText, type GatewayEvent } from './gateway/events.ts';
import type { Listeners } from './listeners.ts';
import { OrderedLines } from './ordered-lines.ts';

/** The running parts that the demonstration calls and watches. */
export interface DemonstrationParts {
  readonly functionsUrl: string;
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly gateway: Listeners<GatewayEvent>;
  readonly published: Listeners<BusEvent>;
  /** Ends the demonstration early. */
  readonly signal: AbortSignal;
}

const samples = [
  { title: 'A refund of a CNY payment', file: 'events/apply-refund.http.json' },
  { title: 'A refund of an exchange payment', file: 'events/apply-exchange-refund.http.json' },
];

const finalStatuses = ['SUCCEEDED', 'FAILED', 'REJECTED'];

/** A refund of the sandbox takes some seconds; after this it has failed, milliseconds. */
const giveUpAfterMs = 60_000;

/** The last event and the reply to the notification come within this time after the end, milliseconds. */
const publishedWithinMs = 10_000;

/** Applies for the sample refunds over HTTP and prints their lives as they happen; true if both succeeded. */
export async function demonstrate(parts: DemonstrationParts): Promise<boolean> {
  const ends: string[] = [];
  for (const { title, file } of samples) {
    const event = JSON.parse(readFileSync(file, 'utf8'));
    console.log(`\n${title}: POST ${parts.functionsUrl}${event.rawPath}\n  ${event.body}`);
    ends.push(await follow(parts, event.rawPath, event.body));
  }
  return ends.every((status) => status === 'SUCCEEDED');
}

type Print = (who: string, what: string, at?: number) => void;

async function follow(parts: DemonstrationParts, path: string, body: string): Promise<string> {
  const { no_refund } = JSON.parse(body);
  // A client's first request is slow: without this one the first status of the record would be printed late.
  await readRecord(parts, no_refund);
  const startedAt = Date.now();
  const lines = new OrderedLines(startedAt);
  const print: Print = (who, what, at = Date.now()) => lines.add(at, `${who.padEnd(8)} ${what}`);

  using cleanup = new DisposableStack();
  cleanup.defer(() => lines.end());
  const gateway = printGatewayEvents(parts.gateway, no_refund, print);
  cleanup.defer(gateway.unsubscribe);
  const events = printPublished(parts.published, no_refund, print);
  cleanup.defer(events.unsubscribe);
  const [status] = await Promise.all([
    untilFinal(parts, no_refund, startedAt + giveUpAfterMs, (to, at) => print('record', to, at)),
    apply(parts, path, body).then((answer) => print('service', answer)),
  ]);
  const complete = Promise.all([events.ended, gateway.lastReply()]).then(() => true);
  const late = sleep(publishedWithinMs, false, { ref: false, signal: parts.signal });
  if (!(await Promise.race([complete, late]))) print('service', 'has not published everything: see the log');
  return status;
}

/** `lastReply` resolves once the gateway has its reply to the last notification that it has sent so far. */
function printGatewayEvents(gateway: Listeners<GatewayEvent>, no_refund: string, print: Print) {
  let replied = Promise.resolve();
  const unsubscribe = gateway.subscribe((event) => {
    if (event.no_refund !== no_refund) return;
    if (event.type === 'notification-sent') replied = nextReply(gateway, no_refund);
    const text = eventText(event);
    if (text) print('gateway', text, event.at.getTime());
  });
  return { unsubscribe, lastReply: () => replied };
}

/** Resolves once the gateway has a reply to its notification, or has given up the wait for it. */
function nextReply(gateway: Listeners<GatewayEvent>, no_refund: string): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = gateway.subscribe((event) => {
      if (event.no_refund !== no_refund) return;
      if (!/^notification-(acknowledged|unacknowledged)$/.test(event.type)) return;
      unsubscribe();
      resolve();
    });
  });
}

/** `ended` resolves with the event of a final status. */
function printPublished(published: Listeners<BusEvent>, no_refund: string, print: Print) {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const unsubscribe = published.subscribe(({ detail }) => {
    if (detail.no_refund !== no_refund) return;
    print('events', [detail.previous_status, detail.status].filter(Boolean).join(' -> '));
    if (finalStatuses.includes(String(detail.status))) resolve();
  });
  return { unsubscribe, ended };
}

async function apply({ functionsUrl, signal }: DemonstrationParts, path: string, body: string) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(functionsUrl + path, { method: 'POST', headers, body, signal });
  const { status, error } = (await answer.json()) as { status?: string; error?: object };
  return `answers HTTP ${answer.status}, ${status ?? JSON.stringify(error)}`;
}

async function untilFinal(
  parts: DemonstrationParts,
  no_refund: string,
  giveUpAt: number,
  onChange: (status: string, at: number) => void,
): Promise<string> {
  let status = '';
  while (!finalStatuses.includes(status) && Date.now() < giveUpAt) {
    const { status: found = '', updated_at } = await readRecord(parts, no_refund);
    if (found !== status) onChange(found, Date.parse(updated_at ?? ''));
    status = found;
    await sleep(5, undefined, { signal: parts.signal });
  }
  return status;
}

async function readRecord(
  { client, tableName }: DemonstrationParts,
  no_refund: string,
): Promise<{ status?: string | undefined; updated_at?: string | undefined }> {
  const input = { TableName: tableName, Key: { no_refund: { S: no_refund } }, ConsistentRead: true };
  const { Item } = await client.send(new GetItemCommand(input));
  return { status: Item?.status?.S, updated_at: Item?.updated_at?.S };
}
