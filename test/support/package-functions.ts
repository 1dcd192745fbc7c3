import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/** The folder with the contents of the packaged zip files, one folder per function. */
export const unpacked = join('.serverless', 'unpacked');

/** Packages the functions as for a deployment, and unpacks what would be uploaded. */
export default function packageFunctions(): void {
  rmSync(unpacked, { recursive: true, force: true });
  execFileSync(process.execPath, ['node_modules/serverless/bin/serverless.js', 'package'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 120_000,
  });
  for (const zip of readdirSync('.serverless').filter((name) => name.endsWith('.zip'))) {
    for (const [path, content] of Object.entries(unzipSync(readFileSync(join('.serverless', zip))))) {
      const target = join(unpacked, zip.replace('.zip', ''), path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
  }
}
