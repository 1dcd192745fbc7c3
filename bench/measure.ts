import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** Events to be handled one after the other, and what the handler must make of each. */
export interface Part {
  events: object[];
  answer: string;
}

/** CPU times of one process, by part, and its memory at the end. */
export interface Measurement {
  loadMs: number;
  /** Of one refund. */
  cpuMs: Record<string, number>;
  residentMiB: number;
}

/** V8 sizes its heap after the function's memory: what Lambda gives Node with 128 MB. */
const as128MB = ['--max-old-space-size=115', '--max-semi-space-size=6'];

const LONGEST_MS = 120_000;

/**
 * Runs a bundle in a process of its own; without parts it is loaded, and not invoked.
 *
 * @throws Error where a handler answers something else than it should
 */
export async function measure(
  file: string,
  env: Record<string, string>,
  parts: Record<string, Part> = {},
): Promise<Measurement> {
  const child = fork('bench/processes/measured.cjs', [file], {
    env,
    execArgv: as128MB,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: LONGEST_MS,
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      log = (log + text).slice(-2_000);
    });
  }
  child.send(Object.fromEntries(Object.entries(parts).map(([name, { events }]) => [name, events])));
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${file} has ended early:\n${log}`)));
  const [message] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  return checked(file, message, parts, log);
}

interface Told {
  loadMs: number;
  residentMiB: number;
  parts: Record<string, { cpuMs: number; answers: string[] }>;
}

function checked(file: string, told: Told, parts: Record<string, Part>, log: string): Measurement {
  for (const [name, { answer }] of Object.entries(parts)) {
    const answers = told.parts[name]?.answers.join(', ');
    if (answers !== answer) throw new Error(`${file} answers ${answers} instead of ${answer}:\n${log}`);
  }
  const cpuMs = Object.fromEntries(Object.entries(told.parts).map(([name, part]) => [name, part.cpuMs]));
  return { loadMs: told.loadMs, residentMiB: told.residentMiB, cpuMs };
}

/** How many instructions a bundle takes until it is loaded, and has handled an event if there is one. */
export async function instructionsOf(
  file: string,
  env: Record<string, string>,
  event?: object,
): Promise<number> {
  const script = ['bench/processes/measured.cjs', file, ...(event ? [JSON.stringify(event)] : [])];
  return (await counted(script, env)) - (await counted(['-e', 'process.exit(0)'], env));
}

/** What Node.js itself takes to start is in it. V8 is told to do everything on one thread, so that each count is the same. */
async function counted(script: string[], env: Record<string, string>): Promise<number> {
  const valgrind = ['--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null'];
  const node = [process.execPath, '--single-threaded', '--hash-seed=1', '--random-seed=1'];
  const { stderr } = await promisify(execFile)('valgrind', [...valgrind, ...node, ...script], { env });
  return Number(/I\s+refs:\s+([\d,]+)/.exec(stderr)?.[1]?.replaceAll(',', ''));
}
