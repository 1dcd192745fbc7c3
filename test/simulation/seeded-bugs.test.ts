import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { SEEDED_BUGS, type SeededBug } from './seeded-bugs.ts';

const MAX_SEEDS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'seeded-bugs-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the simulation finds', () => {
  it.each(SEEDED_BUGS)(
    '$name',
    async (bug) => {
      const bundle = await bundled(bug, join(folder, `${SEEDED_BUGS.indexOf(bug)}.cjs`));
      const output = await runOf(bundle);
      const [, found, seeds] = /^(.+)\nfound after (\d+) seeds/m.exec(output) ?? [];
      if (seeds) process.stderr.write(`${seeds.padStart(5)} seeds: ${bug.name} (${found})\n`);
      expect(output).toContain('found after');
    },
    300_000,
  );
});

async function bundled(bug: SeededBug, outfile: string): Promise<string> {
  await build({
    entryPoints: [join(__dirname, 'main.ts')],
    bundle: true,
    platform: 'node',
    outfile,
    logLevel: 'error',
    plugins: [seeding(bug)],
  });
  return outfile;
}

function seeding({ file, snippet, replacement }: SeededBug): Plugin {
  const path = join(__dirname, '../../shared', file);
  return {
    name: 'seeded-bug',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, async (args) => {
        if (args.path !== path) return undefined;
        const parts = (await readFile(path, 'utf8')).split(snippet);
        if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${snippet}`);
        return { contents: parts.join(replacement), loader: 'ts' };
      });
    },
  };
}

/** In a process of its own: so that each bug has its own module cache, without jest's transformer. */
async function runOf(bundle: string): Promise<string> {
  const run = promisify(execFile);
  const args = [bundle, '--seeds', String(MAX_SEEDS), '--brief'];
  const { stdout } = await run(process.execPath, args).catch((ended: { stdout: string }) => ended);
  return stdout;
}
