import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const excluded = ['.git', '.esbuild', '.sandbox', '.serverless', 'coverage', 'node_modules'];
const copies: string[] = [];

/**
 * A copy of the project, so that the tests and other commands in this folder don't share settings and bundles.
 * @param running the copy whose running sandbox the commands in this one shall find
 */
export function copyOfProject(running?: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'local-commands-'));
  copies.push(copy);
  for (const name of readdirSync('.').filter((entry) => !excluded.includes(entry)))
    cpSync(name, join(copy, name), { recursive: true, filter: (path) => basename(path) !== 'node_modules' });
  if (running) cpSync(join(running, '.sandbox'), join(copy, '.sandbox'), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'), 'junction');
  return copy;
}

/** Removes every copy that was made. */
export function removeCopies(): void {
  for (const copy of copies.splice(0)) rmSync(copy, { recursive: true, force: true });
}

/** Variables of a machine that local commands must ignore: a profile, a proxy, keys and endpoints of an account. */
export const misleadingEnvironment = {
  AWS_PROFILE: 'nowhere',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIANOTHISONE',
  AWS_SECRET_ACCESS_KEY: 'not-this-one',
  AWS_SESSION_TOKEN: 'not-this-one',
  AWS_CONFIG_FILE: '/nowhere/config',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  HTTP_PROXY: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  REFUNDS_TABLE: 'not-this-one',
};

/** How a command ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command in a copy of the project to its end, with nothing to read on its standard input. */
export function run(cwd: string, args: string[], environment: Record<string, string>): Promise<Ended> {
  return new Promise((done) => {
    const options = { cwd, env: { ...process.env, ...environment }, timeout: 90_000 };
    const child = execFile(process.execPath, args, options, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
    child.stdin?.end();
  });
}

/** Begins `npm start` in a copy of the project; it stays up. */
export function startSandbox(cwd: string, environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['scripts/run.mjs', 'start'], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Comes back with what was printed, once the demonstration of `npm start` is over. Throws where it ends by itself. */
export function untilUp(sandbox: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let output = '';
    sandbox.stdout?.on('data', (chunk: Buffer) => {
      output += chunk;
      if (output.includes('Ctrl+C ends it')) done(output);
    });
    sandbox.once('exit', () => fail(new Error(`it did not stay up: ${output}`)));
  });
}
