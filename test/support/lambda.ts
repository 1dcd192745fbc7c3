import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { unpacked } from './package-functions.ts';

interface Thrown {
  name: string;
  className: string;
  message: string;
}

/** What a packaged function threw while it was loaded or invoked, in Lambda's form. */
export class ThrownByFunction extends Error {
  readonly className: string;

  constructor({ name, className, message }: Thrown) {
    super(message);
    this.name = name;
    this.className = className;
  }
}

export interface InvokeOptions {
  /** The function's remaining time, milliseconds; an answer after that is a time-out. */
  remainingMs?: number;
}

/** One container of a packaged function: a process of its own, with an environment of its own. */
export interface Lambda {
  invoke<T = Record<string, unknown>>(event: unknown, options?: InvokeOptions): Promise<T>;
  /** Everything the function has written to its log so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts a container. Rejects with what the function threw where it doesn't start. */
export async function startLambda(name: string, environment: Record<string, string>): Promise<Lambda> {
  const child = fork(
    'test/support/lambda-runtime.cjs',
    [resolve(unpacked, name, 'functions', `${name}.js`)],
    { env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] },
  );
  // Each invocation in progress adds a listener.
  child.setMaxListeners(0);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log += chunk;
    });
  }
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  await started(child, exited, () => log);
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return { invoke: (event, options) => invoke(child, event, options), log: () => log, stop };
}

async function started(child: ChildProcess, exited: Promise<void>, log: () => string): Promise<void> {
  const loaded = new Promise<void>((done, fail) =>
    child.once('message', ({ failed }: { failed?: Thrown }) =>
      failed ? fail(new ThrownByFunction(failed)) : done(),
    ),
  );
  await Promise.race([
    loaded,
    exited.then(() => {
      throw new Error(`the function did not start: ${log()}`);
    }),
  ]);
}

function invoke<T>(
  child: ChildProcess,
  event: unknown,
  { remainingMs = 29_000 }: InvokeOptions = {},
): Promise<T> {
  const id = randomUUID();
  return new Promise((done, fail) => {
    const onMessage = (message: { id: string; result: T; error?: Thrown }) => {
      if (message.id !== id) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      if (message.error) fail(new ThrownByFunction(message.error));
      else done(message.result);
    };
    const onExit = () => fail(new Error('the function ended before it answered'));
    child.on('message', onMessage);
    child.once('exit', onExit);
    child.send({ id, event, remainingMs, requestId: id }, (error) => {
      if (error) fail(error);
    });
  });
}
