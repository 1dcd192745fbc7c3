import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { BusEvent } from './aws/event-bridge.ts';
import { demonstrate } from './demonstration.ts';
import { assertPortFree, type FunctionsServer, startFunctions } from './functions-server.ts';
import { eventText, type GatewayEvent } from './gateway/events.ts';
import { Listeners } from './listeners.ts';
import { type Sandbox, startSandbox, tableClient } from './sandbox.ts';
import { followTable, type TableStream } from './table-stream.ts';

/** `npm start`: the service on this machine, and two refunds shown from application to the end. */
async function main(signal: AbortSignal): Promise<void> {
  const { once } = parseArgs({ options: { once: { type: 'boolean', default: false } } }).values;
  const port = portSetting();
  await assertPortFree(port);
  const gateway = new Listeners<GatewayEvent>();
  const published = new Listeners<BusEvent>();

  await using running = new AsyncDisposableStack();
  console.log('Starting the sandbox: a LianLian gateway, Secrets Manager and DynamoDB on 127.0.0.1 …');
  const sandbox = await startSandbox({
    gatewayOptions: { onEvent: gateway.tell },
    onPublished: published.tell,
  });
  running.defer(() => sandbox.stop());
  console.log(`  gateway ${sandbox.gateway.url}, DynamoDB: ${engineNames[sandbox.dynamoDb.engine]}`);

  console.log('Bundling the functions and starting their HTTP routes …');
  const environment = {
    ...sandbox.settings,
    ...shortWaits,
    NOTIFY_URL: `http://127.0.0.1:${port}/refund-notifications`,
  };
  const functions = await startFunctions(port, environment, signal);
  running.defer(() => functions.stop());
  running.defer(reconcileEvery(1_000, functions));
  const stream = await publishFrom(sandbox, functions);
  if (stream) running.defer(() => stream.stop());
  console.log(`  ${functions.url}, log in ${functions.logFile}`);

  const client = tableClient(sandbox.settings);
  running.defer(() => client.destroy());
  const succeeded = await demonstrate({
    functionsUrl: functions.url,
    client,
    tableName: sandbox.settings.REFUNDS_TABLE,
    gateway,
    published: stream && published,
    signal,
  });
  console.log(succeeded ? '\nBoth refunds have succeeded.' : '\nNot both refunds have succeeded.');
  process.exitCode = succeeded ? 0 : 1;
  if (once) return;
  console.log(whatNext(functions));
  gateway.add((event) => {
    const words = eventText(event);
    if (words) console.log(`  gateway  ${event.no_refund}  ${words}`);
  });
  await aborted(signal);
}

/**
 * So that one can watch what takes a quarter of an hour in earnest. The gateway notifies after 2 s: by then a call
 * that it doesn't answer has been given up.
 */
const shortWaits = { GATEWAY_TIMEOUT_MS: '1500', FIRST_CHECK_SECONDS: '5', RESEND_AFTER_SECONDS: '5' };

/** Stands in for the schedule; a run ends before the next begins. */
function reconcileEvery(intervalMs: number, functions: FunctionsServer): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    while (!signal.aborted) {
      await sleep(intervalMs, undefined, { signal })
        .then(() => functions.invoke('reconcile-refunds', {}, signal))
        .catch(() => {
          // The functions' log says what happened; the next run comes anyway.
        });
    }
  };
  const ended = run();
  return () => {
    stopping.abort();
    return ended;
  };
}

/** Stands in for the event source mapping. */
function publishFrom(sandbox: Sandbox, functions: FunctionsServer): Promise<TableStream | undefined> {
  return followTable({
    endpoint: sandbox.dynamoDb.endpoint,
    tableName: sandbox.settings.REFUNDS_TABLE,
    deliver: (batch, signal) => functions.invoke('publish-refund-events', batch, signal),
  });
}

const engineNames = {
  java: "AWS's DynamoDB Local",
  dynalite: 'dynalite (no Java 17 on this machine), which has no streams: no event is published',
};

function portSetting(): number {
  const port = Number(process.env.PORT || 3000);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(
    `PORT is '${process.env.PORT}'. Give a number from 1 to 65535, for example PORT=3080 npm start`,
  );
}

function whatNext({ url }: FunctionsServer): string {
  const refund = (number: string, path = 'refunds') =>
    `curl -s ${url}/${path} -d '{"no_refund":"${number}","money_refund":"1.00","no_order":"2013051500001"}'`;
  return `
It stays up. Go on in another terminal:

  ${refund('my-first-refund')}
  ${refund('my-first-refund')}   # again: answered from the record
  ${refund('code-5006-1')}       # refused
  ${refund('silent-1')}          # no answer, then a notification
  ${refund('lost-once-1')}       # lost on its way: found missing, and sent again
  curl -s ${url}/refunds/lost-once-1
  ${refund('failed-1', 'exchange-refunds')}   # fails, and only a query tells: no such failure is notified
  npx serverless invoke local -f apply-refund -p events/apply-refund.json

README.md lists what else the gateway does at the beginning of a no_refund. Ctrl+C ends it.`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

/**
 * The first signal lets everything be stopped in order; a later one ends this process at once. Ctrl+C arrives more than
 * once: from the terminal, and from the npm that runs this.
 */
const interruption = new AbortController();
const repeatedWithinMs = 1_000;
/** What takes longer to stop is cut short: nothing here holds what could be lost. */
const stopWithinMs = 10_000;
let interruptedAtMs = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!interruption.signal.aborted) {
      interruptedAtMs = Date.now();
      setTimeout(() => process.exit(1), stopWithinMs).unref();
      interruption.abort();
    } else if (Date.now() - interruptedAtMs > repeatedWithinMs) {
      process.exit(1);
    }
  });
}

main(interruption.signal).catch((error: Error) => {
  if (!interruption.signal.aborted) console.error(`\n${error.message}`);
  process.exitCode = 1;
});
