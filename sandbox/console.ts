import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isFree } from './http.ts';

/** The console in the browser: a program of its own, which calls the service as any caller does. */
export interface ConsoleProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** The console of the sandbox on port 3000 is on 3100. Where that is taken, any other port serves as well. */
const CONSOLE_BESIDE = 100;

/**
 * Starts the console of the sandbox that listens on a port. What it complains of is printed.
 * @throws Error when it doesn't start
 */
export async function startConsole(sandboxPort: number): Promise<ConsoleProcess> {
  const beside = sandboxPort + CONSOLE_BESIDE;
  const port = beside < 65_536 && (await isFree(beside)) ? beside : 0;
  const child = spawn(
    process.execPath,
    [
      ...['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--import', './scripts/end-with-parent.mjs'],
      ...['console/main.ts', '--port', String(port)],
    ],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: { ...process.env, PORT: String(sandboxPort) } },
  );
  const stop = () => end(child);
  try {
    return { url: await printedUrl(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The console prints its address once it listens. */
async function printedUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('The console has no output.');
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('The console did not start: what it said is above.');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
