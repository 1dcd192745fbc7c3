import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const pollMs = 250;
const startedBy = starterPid();

/**
 * Runs a program in this process's place: it has the terminal, gets every signal, and is ended when the process that
 * started this one (usually npm) ends.
 * @param {string} program
 * @param {string[]} args
 * @param {{ channel?: boolean, shell?: boolean, cwd?: string }} options channel: one that closes with this process, for
 *   end-with-parent.mjs; cwd: the folder to run in, if not this one
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} how it ended
 * @throws Error where it can't be started
 */
export function runInForeground(program, args, { channel = false, shell = false, cwd } = {}) {
  const stdio = ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])];
  const child = spawn(program, args, { stdio, shell, cwd });
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  const poll = setInterval(() => {
    if (starterPid() === startedBy) return;
    forward('SIGTERM');
    process.exit(1);
  }, pollMs);

  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return ended.finally(() => {
    clearInterval(poll);
    for (const signal of signals) process.off(signal, forward);
  });
}

/**
 * The process that started this one. Some systems' `sh -c`, through which npm starts its scripts, stays in between and
 * outlives npm.
 */
function starterPid() {
  let pid = process.ppid;
  while (isShellWithCommand(pid)) pid = parentOf(pid);
  return pid;
}

function isShellWithCommand(pid) {
  const [program = '', option] = read(`/proc/${pid}/cmdline`).split('\0');
  return /sh$/.test(program) && option === '-c';
}

function parentOf(pid) {
  // The name in brackets may hold anything; the state and the parent follow it.
  return Number(/.*\) \S+ (\d+)/s.exec(read(`/proc/${pid}/stat`))?.[1] ?? 0);
}

/** Empty where there is no /proc, as on macOS, whose `sh -c` doesn't stay. */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
