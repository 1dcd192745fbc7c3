import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFree, unusedPort } from '../../sandbox/http.ts';
import { copyOfProject, misleadingEnvironment, removeCopies, run } from '../support/project-copies.ts';

const freePort = async () => String(await unusedPort());

afterAll(removeCopies);

describe('two `npm start` on one port at the same moment', () => {
  test.each([
    ['of one folder', true],
    ['of two folders', false],
  ])(
    '%s: one shows its refunds, the other ends and says what to do',
    async (_where, isOneFolder) => {
      const PORT = await freePort();
      const first = copyOfProject();
      const second = isOneFolder ? first : copyOfProject();
      const ends = await Promise.all(
        [first, second].map((folder) =>
          run(folder, ['scripts/run.mjs', 'start', '--once'], { ...misleadingEnvironment, PORT }),
        ),
      );
      const [winner, loser] = ends.sort((a, b) => a.code - b.code);
      expect(winner).toMatchObject({ code: 0, stderr: '' });
      expect(winner?.stdout.match(/record +SUCCEEDED/g)).toHaveLength(2);
      expect(loser?.code).toBe(1);
      expect(loser?.stderr).toMatch(new RegExp(`^\\s*Port ${PORT} .*in use.*PORT=3080 npm start\\s*$`));
      expect(loser?.stdout).not.toContain('POST http');
      // Neither leaves settings that a later command could take for a running sandbox.
      for (const folder of [first, second])
        expect(readdirSync(join(folder, '.sandbox')).filter((name) => !name.endsWith('.log'))).toEqual([]);
    },
    120_000,
  );
});

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process of this machine without zombies. */
function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [state, parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}

function withDescendants(pid: number): Process[] {
  const all = processes();
  const below = (parent: number): Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return [...all.filter((one) => one.pid === pid), ...below(pid)];
}

/** The processes of an `npm start` that has printed that it stays up. */
async function npmStart(PORT: string): Promise<Process[]> {
  const npm = spawn('npm', ['start'], {
    cwd: copyOfProject(),
    env: { ...process.env, ...misleadingEnvironment, PORT },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  await new Promise<void>((done, fail) => {
    npm.stdout?.on('data', (chunk: Buffer) => {
      output += chunk;
      if (output.includes('Ctrl+C ends it')) done();
    });
    npm.once('exit', () => fail(new Error(`it did not stay up: ${output}`)));
  });
  return withDescendants(npm.pid ?? 0);
}

/** The processes that still run after 10 s. */
async function outliving(family: readonly Process[]): Promise<Process[]> {
  const giveUpAt = Date.now() + 10_000;
  for (;;) {
    const alive = new Set(processes().map(({ pid }) => pid));
    const left = family.filter(({ pid }) => alive.has(pid));
    if (left.length === 0 || Date.now() > giveUpAt) return left;
    await sleep(100);
  }
}

const parts = {
  npm: /^npm start/,
  'scripts/run.mjs': /^node scripts\/run\.mjs start/,
  'sandbox/start.ts': /^\S+node .* sandbox\/start\.ts/,
  serverless: /^\S+node .*serverless\.js offline/,
  esbuild: /esbuild --service/,
  'console/main.ts': /^\S+node .* console\/main\.ts/,
};

const isLinux = existsSync('/proc/self/stat');

(isLinux ? test : test.skip).each<[part: keyof typeof parts, signal: NodeJS.Signals]>([
  ['npm', 'SIGKILL'],
  ['npm', 'SIGTERM'],
  ['scripts/run.mjs', 'SIGKILL'],
  ['sandbox/start.ts', 'SIGKILL'],
])(
  'when %s gets %s, everything that `npm start` has started ends',
  async (part, signal) => {
    const PORT = await freePort();
    const family = await npmStart(PORT);
    const found = Object.values(parts).map((pattern) => family.filter((one) => pattern.test(one.command)));
    const victim = family.find(({ command }) => parts[part].test(command));
    process.kill(victim?.pid ?? 0, signal);
    const left = await outliving(family);
    // First: whatever else is wrong, nothing must stay that keeps this test from ending.
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    expect(left).toEqual([]);
    expect(found.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await isFree(Number(PORT))).toBe(true);
  },
  120_000,
);
