import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInForeground } from './foreground.mjs';

/** The Node of package-lock.json, which everything here runs on. */
export const nodeProgram = join('node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Makes sure that what package-lock.json lists is installed in the working directory, its Node included, whatever
 * this machine's npm is told to leave out.
 * @returns whether everything is there; if not, what to do has been said
 */
export async function ensureInstalled() {
  if (!isInstalled()) {
    console.log('Installing what package-lock.json lists, Node 24 included. It takes a minute or two …');
    // NODE_ENV=production leaves the development packages out. The warnings are about this machine's older Node,
    // which only does the installing, and which some packages are too new for.
    const done = await npm('ci', '--include=dev', '--engine-strict=false', '--loglevel=error');
    if (!done)
      return refuse('Installing failed: see above. With the npm registry in reach, run the command again.');
  }
  if (!isNodeReady()) {
    console.log(
      "Fetching the program of Node 24, since npm didn't run the install script that does. Some seconds …",
    );
    const done = await npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error');
    if (!done || !isNodeReady()) {
      return refuse(
        `${nodeProgram} is missing or doesn't run here. With the npm registry in reach, delete node_modules and run the command again.`,
      );
    }
  }
  return true;
}

function refuse(message) {
  console.error(message);
  return false;
}

async function npm(command, ...args) {
  const quiet = ['--no-audit', '--no-fund'];
  const shell = process.platform === 'win32';
  const { code } = await runInForeground('npm', [command, ...args, ...quiet], { shell });
  return code === 0;
}

/** Whether every package that the lock file wants on this machine is installed in the version it names. */
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

/** Whether the program is there, and is one for this machine. */
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
