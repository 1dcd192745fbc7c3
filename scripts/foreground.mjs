import { spawn } from 'node:child_process';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const lookEveryMs = 250;
const parent = process.ppid;

/**
 * Runs a program in this process's place: it has the terminal, gets every signal, and is ended when whoever started
 * this process (npm, as a rule) is gone.
 * @param {string} program
 * @param {string[]} args
 * @param {{ channel?: boolean, shell?: boolean }} options channel: one that closes with this process, for
 *   end-with-parent.mjs
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} how it ended
 * @throws Error where it can't be started
 */
export function runInForeground(program, args, { channel = false, shell = false } = {}) {
  const stdio = ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])];
  const child = spawn(program, args, { stdio, shell });
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    forward('SIGTERM');
    process.exit(1);
  }, lookEveryMs);

  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return ended.finally(() => {
    clearInterval(look);
    for (const signal of signals) process.off(signal, forward);
  });
}
