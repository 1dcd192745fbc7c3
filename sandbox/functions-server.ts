import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFree, unusedPort } from './http.ts';

/** The functions behind HTTP routes, served by serverless-offline. */
export interface FunctionsServer {
  readonly url: string;
  /** Where the functions' own log lines go. */
  readonly logFile: string;
  /**
   * Invokes a function directly, as its schedule or stream would.
   * @throws Error where the function threw, or isn't in reach; its log says more
   */
  invoke(name: string, event: object, signal: AbortSignal): Promise<unknown>;
  stop(): Promise<void>;
}

/** Bundling and starting take some seconds; a slow machine may take longer. */
const startWithinMs = 90_000;

/**
 * Serves the functions on 127.0.0.1, and tells `serverless invoke local` by which settings it reaches the sandbox.
 * @param signal ends the wait for them
 * @throws Error that says what to do where the port is taken or the functions don't start
 */
export async function startFunctions(
  port: number,
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<FunctionsServer> {
  await refuseTaken(port);
  // Named by the port: another sandbox may run beside this one.
  const settingsFile = `.sandbox/settings-${port}.json`;
  const logFile = `.sandbox/functions-${port}.log`;
  const bundles = `.sandbox/bundles-${port}`;
  mkdirSync('.sandbox', { recursive: true });
  writeFileSync(settingsFile, JSON.stringify({ pid: process.pid, environment }, undefined, 2));
  const log = openSync(logFile, 'w');
  const lambdaPort = await unusedPort();
  const serverless = spawn(
    process.execPath,
    [
      'node_modules/serverless/bin/serverless.js',
      ...['offline', 'start', '--host', '127.0.0.1', '--httpPort', String(port)],
      ...['--lambdaPort', String(lambdaPort), '--noPrependStageInUrl', '--noAuth'],
    ],
    { stdio: ['ignore', log, log], env: { ...process.env, PORT: String(port), SANDBOX_BUNDLES: bundles } },
  );
  closeSync(log);
  const stop = async () => {
    rmSync(settingsFile, { force: true });
    await ended(serverless);
    rmSync(bundles, { recursive: true, force: true });
  };
  try {
    await listening(serverless, port, logFile, signal);
  } catch (error) {
    await stop();
    throw error;
  }
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
  return { url: `http://127.0.0.1:${port}`, logFile, invoke, stop };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await Promise.race([exit, sleep(3_000, undefined, { ref: false })]);
  child.kill('SIGKILL');
}

async function listening(
  serverless: ChildProcess,
  port: number,
  logFile: string,
  signal: AbortSignal,
): Promise<void> {
  const giveUpAt = Date.now() + startWithinMs;
  while (Date.now() < giveUpAt && serverless.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer) return;
    await sleep(100, undefined, { signal });
  }
  const lastLines = readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n');
  throw new Error(`The functions did not start. The end of ${logFile} says:\n${lastLines}`);
}

async function refuseTaken(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new Error(
    `Port ${port} on 127.0.0.1 is in use. End what listens there, or choose another: PORT=3080 npm start`,
  );
}
