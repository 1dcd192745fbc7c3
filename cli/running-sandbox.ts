import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the sandbox's gateway takes orders, and the token that each must carry. */
export interface ControlAddress {
  url: string;
  token: string;
}

/** A sandbox that runs on this machine, as it has written itself down. */
export interface RunningSandbox {
  pid: number;
  port: number;
  /** Missing where an older version has started it. */
  control?: ControlAddress;
  /** What its functions run with: settings, endpoints and dummy credentials. */
  environment: Record<string, string>;
}

/**
 * The sandbox on a port, or the only one that runs.
 *
 * @param folder the project's
 * @param port empty: any
 * @returns a sentence that says what to do, where none can be chosen
 */
export function findSandbox(folder: string, port = ''): RunningSandbox | string {
  const running = runningIn(folder);
  const [first] = running;
  if (!first) return 'The sandbox is not running. Start it with `npm start` in another terminal.';
  const ports = running.map((sandbox) => sandbox.port).join(' and ');
  if (port)
    return (
      running.find((sandbox) => sandbox.port === Number(port)) ??
      `No sandbox runs on port ${port}, but one does on ${ports}. Put PORT=${first.port} before the command.`
    );
  return running.length === 1
    ? first
    : `Sandboxes run on the ports ${ports}. Choose one: put PORT=${first.port} before the command.`;
}

function runningIn(folder: string): RunningSandbox[] {
  return globSync('.sandbox/settings-*.json', { cwd: folder })
    .map((file): RunningSandbox => JSON.parse(readFileSync(join(folder, file), 'utf8')))
    .filter(({ pid }) => isRunning(pid))
    .sort((a, b) => a.port - b.port);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
