import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { BusEvent } from './aws/event-bridge.ts';
import { startConsole } from './console.ts';
import { type ControlAddress, startControl } from './control.ts';
import { demonstrate } from './demonstration.ts';
import { assertPortFree, type FunctionsServer, startFunctions } from './functions-server.ts';
import type { GatewayEvent } from './gateway/events.ts';
import { interruption } from './interruption.ts';
import { Listeners } from './listeners.ts';
import { printLive } from './live.ts';
import { nextSteps } from './next-steps.ts';
import { type Sandbox, startSandbox, tableClient } from './sandbox.ts';
import { isShare, startSharedRuns } from './shared-runs.ts';
import { followTable, type TableStream } from './table-stream.ts';

/** `npm start`: the service on this machine, and two refunds shown from application to the end. */
async function main(signal: AbortSignal): Promise<void> {
  const { once } = parseArgs({ options: { once: { type: 'boolean', default: false } } }).values;
  const port = portSetting();
  await assertPortFree(port);
  const gateway = new Listeners<GatewayEvent>();
  const published = new Listeners<BusEvent>();
  const shares = new Listeners<BusEvent>();

  await using running = new AsyncDisposableStack();
  console.log('Starting the sandbox: a LianLian gateway, Secrets Manager and DynamoDB on 127.0.0.1 …');
  const sandbox = await startSandbox({
    gatewayOptions: { onEvent: gateway.emit },
    onPublished: (event) => (isShare(event) ? shares : published).emit(event),
  });
  running.defer(() => sandbox.stop());
  console.log(`  gateway ${sandbox.gateway.url}, DynamoDB: ${engineNames[sandbox.dynamoDb.engine]}`);

  console.log('Bundling the functions and starting their HTTP routes …');
  const control = await startControl(sandbox.gateway);
  running.defer(() => control.stop());
  const functions = await startService(sandbox, control.address, port, running, signal);
  console.log(`  ${functions.url}, log in ${functions.logFile}`);
  running.defer(startSharedRuns(shares, functions));
  const consoleUrl = once ? undefined : await showConsole(port, running);

  const succeeded = await demonstrateRefunds(sandbox, functions, gateway, published, signal);
  console.log(succeeded ? '\nBoth refunds have succeeded.' : '\nNot both refunds have succeeded.');
  process.exitCode = succeeded ? 0 : 1;
  if (!consoleUrl) return;
  console.log(nextSteps(functions.url, consoleUrl));
  await printLive({ gateway, published, logFile: functions.logFile, signal, print: console.log });
}

/** @returns where the console is */
async function showConsole(port: number, running: AsyncDisposableStack): Promise<string> {
  const { url, stop } = await startConsole(port);
  running.defer(stop);
  console.log(`  ${url}: refunds and their stories in your browser`);
  return url;
}

/** Starts the functions, their schedule and their stream. */
async function startService(
  sandbox: Sandbox,
  control: ControlAddress,
  port: number,
  running: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<FunctionsServer> {
  const environment = {
    ...sandbox.settings,
    ...shortWaits,
    NOTIFY_URL: `http://127.0.0.1:${port}/refund-notifications`,
  };
  const functions = await startFunctions(port, environment, control, signal);
  running.defer(() => functions.stop());
  running.defer(reconcileEvery(1_000, functions));
  for (const name of ['publish-refund-events', 'record-refund-history']) {
    const stream = await followWith(name, sandbox, functions);
    running.defer(() => stream.stop());
  }
  return functions;
}

async function demonstrateRefunds(
  { settings }: Sandbox,
  functions: FunctionsServer,
  gateway: Listeners<GatewayEvent>,
  published: Listeners<BusEvent>,
  signal: AbortSignal,
): Promise<boolean> {
  const client = tableClient(settings);
  try {
    const { url: functionsUrl } = functions;
    const tableName = settings.REFUNDS_TABLE;
    return await demonstrate({ functionsUrl, client, tableName, gateway, published, signal });
  } finally {
    client.destroy();
  }
}

/**
 * Seconds in place of the default quarter of an hour, so that one can watch. The gateway notifies after 2 s, when a
 * call that it doesn't answer has timed out.
 */
const shortWaits = { GATEWAY_TIMEOUT_MS: '1500', FIRST_CHECK_SECONDS: '5', RESEND_AFTER_SECONDS: '5' };

/** In place of the schedule; a run ends before the next begins. */
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

/** In place of a function's event source mapping. */
function followWith(name: string, sandbox: Sandbox, functions: FunctionsServer): Promise<TableStream> {
  return followTable({
    endpoint: sandbox.dynamoDb.endpoint,
    tableName: sandbox.settings.REFUNDS_TABLE,
    deliver: (batch, signal) => functions.invoke(name, batch, signal),
  });
}

const engineNames = {
  java: "AWS's DynamoDB Local",
  dynalite: 'dynalite (no Java 17 on this machine)',
};

function portSetting(): number {
  const port = Number(process.env.PORT || 3000);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(
    `PORT is '${process.env.PORT}'. Give a number from 1 to 65535, for example PORT=3080 npm start`,
  );
}

const interrupted = interruption();
main(interrupted).catch((error: Error) => {
  if (!interrupted.aborted) console.error(`\n${error.message}`);
  process.exitCode = 1;
});
