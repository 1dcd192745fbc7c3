import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { BusEvent } from './aws/event-bridge.ts';
import { eventText, type GatewayEvent } from './gateway/events.ts';
import type { Listeners } from './listeners.ts';
import { OrderedLines } from './ordered-lines.ts';

/** Where the demonstration applies, and where it looks. */
export interface Stage {
  readonly functionsUrl: string;
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly gateway: Listeners<GatewayEvent>;
  /** What is published; missing where nothing is. */
  readonly published?: Listeners<BusEvent> | undefined;
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

/** How long after the end its event, and the reply to its notification, may come, milliseconds. */
const toldWithinMs = 10_000;

/** Applies for the sample refunds over HTTP and shows their lives as they happen; true if both succeeded. */
export async function demonstrate(stage: Stage): Promise<boolean> {
  const ends: string[] = [];
  for (const { title, file } of samples) {
    const event = JSON.parse(readFileSync(file, 'utf8'));
    console.log(`\n${title}: POST ${stage.functionsUrl}${event.rawPath}\n  ${event.body}`);
    ends.push(await follow(stage, event.rawPath, event.body));
  }
  return ends.every((status) => status === 'SUCCEEDED');
}

async function follow(stage: Stage, path: string, body: string): Promise<string> {
  const { no_refund } = JSON.parse(body);
  // The first request of a client takes its time, and would have the first look at the record come late.
  await recordOf(stage, no_refund);
  const startedAt = Date.now();
  const lines = new OrderedLines(startedAt);
  const tell = (who: string, what: string, at = Date.now()) => lines.add(at, `${who.padEnd(8)} ${what}`);

  const ended = Promise.withResolvers<void>();
  let replied = Promise.resolve();
  using silences = new DisposableStack();
  silences.defer(() => lines.end());
  silences.defer(
    stage.gateway.add((event) => {
      if (event.no_refund !== no_refund) return;
      if (event.type === 'notification-sent') replied = replyTo(stage.gateway, no_refund);
      const words = eventText(event);
      if (words) tell('gateway', words, event.at.getTime());
    }),
  );
  if (stage.published) {
    const silence = stage.published.add(({ detail }) => {
      if (detail.no_refund !== no_refund) return;
      tell('events', [detail.previous_status, detail.status].filter(Boolean).join(' -> '));
      if (finalStatuses.includes(String(detail.status))) ended.resolve();
    });
    silences.defer(silence);
  } else {
    ended.resolve();
  }
  const [status] = await Promise.all([
    untilFinal(stage, no_refund, startedAt + giveUpAfterMs, (to, at) => tell('record', to, at)),
    apply(stage, path, body).then((answer) => tell('service', answer)),
  ]);
  const late = sleep(toldWithinMs, false, { ref: false, signal: stage.signal });
  const isTold = await Promise.race([Promise.all([ended.promise, replied]).then(() => true), late]);
  if (!isTold) tell('service', 'has not told everything: see the log');
  return status;
}

/** Resolves once the gateway has its reply, whatever it is. */
function replyTo(gateway: Listeners<GatewayEvent>, no_refund: string): Promise<void> {
  return new Promise((resolve) => {
    const silence = gateway.add(({ type, no_refund: about }) => {
      if (about !== no_refund || !/^notification-(acknowledged|refused)$/.test(type)) return;
      silence();
      resolve();
    });
  });
}

async function apply(stage: Stage, path: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(stage.functionsUrl + path, {
    method: 'POST',
    headers,
    body,
    signal: stage.signal,
  });
  const { status, error } = (await answer.json()) as { status?: string; error?: object };
  return `answers HTTP ${answer.status}, ${status ?? JSON.stringify(error)}`;
}

async function untilFinal(
  stage: Stage,
  no_refund: string,
  giveUpAt: number,
  onChange: (status: string, at: number) => void,
): Promise<string> {
  let status = '';
  while (!finalStatuses.includes(status) && Date.now() < giveUpAt) {
    const { status: found = '', updated_at } = await recordOf(stage, no_refund);
    if (found !== status) onChange(found, Date.parse(updated_at ?? ''));
    status = found;
    await sleep(5, undefined, { signal: stage.signal });
  }
  return status;
}

async function recordOf(
  { client, tableName }: Stage,
  no_refund: string,
): Promise<{ status?: string | undefined; updated_at?: string | undefined }> {
  const input = { TableName: tableName, Key: { no_refund: { S: no_refund } }, ConsistentRead: true };
  const { Item } = await client.send(new GetItemCommand(input));
  return { status: Item?.status?.S, updated_at: Item?.updated_at?.S };
}
