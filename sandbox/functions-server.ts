import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlAddress } from './control.ts';
import { isFree, unusedPort } from './http.ts';

/** The functions behind HTTP routes, served by serverless-offline. */
export interface FunctionsServer {
  readonly url: string;
  /** Where the functions' own log lines go. */
  readonly logFile: string;
  /**
   * Invokes a function directly, as its schedule or stream would.
   * @throws Error where the function threw, or can't be reached; its log says more
   */
  invoke(name: string, event: object, signal: AbortSignal): Promise<unknown>;
  stop(): Promise<void>;
}

/** Bundling and starting take some seconds; a slow machine may take longer. */
const startWithinMs = 90_000;

/**
 * Serves the functions on 127.0.0.1, and writes the settings by which `serverless invoke local` and the command line
 * reach the sandbox.
 * @param control where the gateway takes orders
 * @param signal ends the wait for their start
 * @throws Error that says what to do where the port is in use or the functions don't start
 */
export async function startFunctions(
  port: number,
  environment: Record<string, string>,
  control: ControlAddress,
  signal: AbortSignal,
): Promise<FunctionsServer> {
  mkdirSync('.sandbox', { recursive: true });
  // Until this process has the port, the files named after it may belong to another sandbox.
  const ownLogFile = `.sandbox/functions-of-${process.pid}.log`;
  const lambdaPort = await unusedPort();
  const serverless = spawnServerless(port, lambdaPort, environment, ownLogFile);
  await using started = new AsyncDisposableStack();
  started.defer(() => end(serverless));
  await listening(serverless, port, ownLogFile, signal);

  const logFile = `.sandbox/functions-${port}.log`;
  renameSync(ownLogFile, logFile);
  const settingsFile = `.sandbox/settings-${port}.json`;
  // A file that is there already would keep the rights that it has, and the token is for this user alone.
  rmSync(settingsFile, { force: true });
  const settings = { pid: process.pid, port, control, environment };
  writeFileSync(settingsFile, JSON.stringify(settings, undefined, 2), { mode: 0o600 });
  started.defer(() => rmSync(settingsFile, { force: true }));
  const invoke = async (name: string, event: object, invocation: AbortSignal) => {
    const url = `http://127.0.0.1:${lambdaPort}/2015-03-31/functions/lianlian-refunds-dev-${name}/invocations`;
    const answer = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(event),
      signal: invocation,
    });
    const text = await answer.text();
    const isError = !answer.ok || answer.headers.has('x-amz-function-error');
    if (isError) throw new Error(`${name} failed: ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  const running = started.move();
  return { url: `http://127.0.0.1:${port}`, logFile, invoke, stop: () => running.disposeAsync() };
}

/** It ends with this process, even if this one is killed: see end-with-parent.mjs. */
function spawnServerless(
  port: number,
  lambdaPort: number,
  environment: Record<string, string>,
  logFile: string,
): ChildProcess {
  const log = openSync(logFile, 'w');
  const serverless = spawn(
    process.execPath,
    [
      ...['--import', './scripts/end-with-parent.mjs', 'node_modules/serverless/bin/serverless.js'],
      ...['offline', 'start', '--host', '127.0.0.1', '--httpPort', String(port)],
      ...['--lambdaPort', String(lambdaPort), '--noPrependStageInUrl', '--noAuth'],
    ],
    {
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, SANDBOX_ENVIRONMENT: JSON.stringify(environment) },
    },
  );
  closeSync(log);
  return serverless;
}

async function end(serverless: ChildProcess): Promise<void> {
  if (serverless.exitCode === null && serverless.signalCode === null) {
    const exit = once(serverless, 'exit');
    serverless.kill('SIGTERM');
    await Promise.race([exit, sleep(3_000, undefined, { ref: false })]);
    serverless.kill('SIGKILL');
  }
  rmSync(`.sandbox/bundles-${serverless.pid}`, { recursive: true, force: true });
}

/** Waits for the process's own message that it listens: an answer on the port could come from another sandbox. */
async function listening(
  serverless: ChildProcess,
  port: number,
  logFile: string,
  signal: AbortSignal,
): Promise<void> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(startWithinMs)]);
  const isListening = await Promise.race([
    once(serverless, 'message', { signal: inTime }).then(() => true),
    once(serverless, 'exit', { signal: inTime }).then(() => false),
  ]).catch(() => false);
  if (isListening) return;
  signal.throwIfAborted();
  await assertPortFree(port);
  const lastLines = readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n');
  throw new Error(`The functions did not start. The end of ${logFile} says:\n${lastLines}`);
}

/** How often a port that seems to be taken is tried, and the longest wait between, milliseconds. */
const portTries = 3;
const portPauseMs = 300;

/** @throws Error that says what to do where another program listens on the port */
export async function assertPortFree(port: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    if (await isFree(port)) return;
    if (tries === portTries) break;
    // Another start may only be looking whether it is free, in the same moment: two must not both give up.
    await sleep(randomInt(portPauseMs));
  }
  const other = port === 3080 ? 3090 : 3080;
  throw new Error(
    `Port ${port} on 127.0.0.1 is in use, perhaps by another \`npm start\`. End what listens there, or choose another port: PORT=${other} npm start`,
  );
}
