import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInForeground } from './foreground.mjs';

/** The Node of package-lock.json, which everything here runs on. */
export const nodeProgram = join('node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Installs what package-lock.json lists into the working directory, its Node included, whatever this machine's npm is
 * configured to omit.
 * @returns whether everything is installed; if not, it has printed what to do
 */
export async function ensureInstalled() {
  if (!isInstalled()) {
    console.log('Installing what package-lock.json lists, Node 24 included. It takes a minute or two …');
    // --include=dev, because NODE_ENV=production omits the development packages. --loglevel=error, because some packages
    // warn about this machine's older Node, which only does the installing.
    const done = await npm('ci', '--include=dev', '--engine-strict=false', '--loglevel=error');
    if (!done)
      return fail(
        'Installing failed: see above. When the npm registry can be reached, run the command again.',
      );
  }
  if (!isNodeReady()) {
    console.log(
      "Fetching the program of Node 24, since npm didn't run the install script that does. Some seconds …",
    );
    const done = await npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error');
    if (!done || !isNodeReady()) {
      return fail(
        `${nodeProgram} is missing or doesn't run here. When the npm registry can be reached, delete node_modules and run the command again.`,
      );
    }
  }
  return true;
}

function fail(message) {
  console.error(message);
  return false;
}

async function npm(command, ...args) {
  const quiet = ['--no-audit', '--no-fund'];
  const shell = process.platform === 'win32';
  const { code } = await runInForeground('npm', [command, ...args, ...quiet], { shell });
  return code === 0;
}

/** Whether every package that this machine needs is installed in the lock file's version. */
function isInstalled() {
  try {
    const wanted = packagesIn('package-lock.json');
    const installed = packagesIn('node_modules/.package-lock.json');
    // An optional package may be meant for another platform.
    return Object.entries(wanted).every(
      ([path, { version, optional }]) => optional || path === '' || installed[path]?.version === version,
    );
  } catch {
    return false;
  }
}

/** Whether the program exists and runs on this machine. */
function isNodeReady() {
  try {
    const { version } = packagesIn('package-lock.json')['node_modules/node'];
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync(nodeProgram, ['--version'], options).trim() === `v${version}`;
  } catch {
    return false;
  }
}

function packagesIn(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}
