import { type ChildProcess, spawn } from 'node:child_process';
import { findSandbox } from '../../cli/running-sandbox.ts';
import { type SandboxControl, sandboxControl } from '../../cli/sandbox-control.ts';
import { createRefundClient, type RefundClient } from '../../client/index.ts';
import { unusedPort } from '../../sandbox/http.ts';
import { copyOfProject, removeCopies, startSandbox, untilUp } from './project-copies.ts';

/** A sandbox that runs in a copy of the project, with a console over it. */
export interface SandboxConsole {
  /** Where the console is. */
  url: string;
  client: RefundClient;
  control: SandboxControl;
  stop(): Promise<void>;
}

/** Starts both as commands, as a developer does. */
export async function startSandboxConsole(): Promise<SandboxConsole> {
  const folder = copyOfProject();
  const port = await unusedPort();
  const started = [startSandbox(folder, { PORT: String(port) })];
  const stop = async () => {
    await Promise.all(started.map(ended));
    removeCopies();
  };
  try {
    await untilUp(started[0] as ChildProcess);
    const args = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'console/main.ts'];
    const child = spawn(process.execPath, [...args, '--port', String(await unusedPort())], {
      cwd: folder,
      env: { ...process.env, PORT: String(port), LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(child);
    const sandbox = findSandbox(folder, String(port));
    if (typeof sandbox === 'string' || !sandbox.control) throw new Error(`no sandbox: ${sandbox}`);
    return {
      url: await printedLink(child),
      client: createRefundClient({ url: `http://127.0.0.1:${port}` }),
      control: sandboxControl(sandbox.control),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await exited;
}

/** The link that the console's command prints once it is up. Throws where it ends by itself. */
export function printedLink(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk;
      const [link] = /http:\S+(?=\n)/.exec(output) ?? [];
      if (link) done(link);
    });
    child.once('exit', () => fail(new Error(`the console has ended: ${output}`)));
  });
}
