// Runs before `npm start` and `npm test`, on whatever Node the machine has, and needs nothing installed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

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

function packagesIn(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

if (!isInstalled()) {
  console.log('Installing what package-lock.json lists, Node 24 included. It takes a minute or two …');
  // The warnings are about this machine's older Node, which only does the installing.
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('Installing failed: see above. With the npm registry in reach, run the command again.');
    process.exit(status ?? 1);
  }
}
