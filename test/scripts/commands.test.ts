import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyOfProject, removeCopies } from '../support/project-copies.ts';

const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;
const { version } = JSON.parse(readFileSync('node_modules/node/package.json', 'utf8'));
const nodeProgram = 'node_modules/node/bin/node';
const ci = 'ci --include=dev --engine-strict=false --loglevel=error --no-audit --no-fund';
const rebuild = 'rebuild node --ignore-scripts=false --loglevel=error --no-audit --no-fund';

/** The file by which npm lists what it has installed. */
const installed = mkdtempSync(join(tmpdir(), 'installed-'));
installWithoutNode(installed);

afterAll(() => {
  rmSync(installed, { recursive: true });
  removeCopies();
});

function writeProgram(path: string, lines: string[]): void {
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
}

/** This project's packages; `node` is in the state in which an install without its script leaves it. */
function installWithoutNode(folder: string): void {
  mkdirSync(join(folder, 'node_modules/node'), { recursive: true });
  for (const name of readdirSync('node_modules').filter((entry) => entry !== 'node'))
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
}

/** A Node of the right version that records its arguments, and then runs the given shell command. */
function putNode(folder: string, whatItDoes: string[], version_ = version): void {
  mkdirSync(join(folder, 'node_modules/node/bin'), { recursive: true });
  writeProgram(join(folder, nodeProgram), [
    `if [ "$1" = --version ]; then echo v${version_}; exit 0; fi`,
    'echo "$@" >> runs',
    ...whatItDoes,
  ]);
}

/**
 * A fresh copy of the project with a fake npm. It records its arguments, and installs from this project's
 * node_modules.
 */
function freshCopy(npm: { fails?: boolean } = {}): string {
  const folder = copyOfProject();
  rmSync(join(folder, 'node_modules'));
  mkdirSync(join(folder, 'machine'));
  writeProgram(join(folder, 'machine/npm'), [
    'echo "$@" >> npm-runs',
    npm.fails ? 'exit 7' : '',
    `if [ "$1" = ci ]; then cp -R ${installed}/node_modules .; fi`,
    `if [ "$1" = rebuild ]; then mkdir -p node_modules/node/bin; ln -sf ${process.execPath} ${nodeProgram}; fi`,
  ]);
  return folder;
}

const linesOf = (folder: string, file: string) =>
  existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim().split('\n') : [];

function begin(folder: string, args: string[], environment: Record<string, string> = {}) {
  const PATH = [join(folder, 'machine'), process.env.PATH].join(delimiter);
  const child = spawn(process.execPath, ['scripts/run.mjs', ...args], {
    cwd: folder,
    env: { ...process.env, ...environment, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise<{ code: number | null; signal: string | null; output: string }>((done) =>
    child.once('close', (code, signal) => done({ code, signal, output })),
  );
  return { child, ended };
}

const run = (...args: Parameters<typeof begin>) => begin(...args).ended;

test('every script is one command that does its own installing, since npm can be configured to skip pre-scripts', () => {
  const names = [
    'start',
    'check',
    'test',
    'simulate',
    'test:crash',
    'stories',
    'pictures',
    'schemas',
    'client',
    'bench',
    'bench:latency',
    'bench:backlog',
    'cost',
    'refunds',
    'console',
    'doctor',
    'format',
  ];
  expect(scripts).toEqual(Object.fromEntries(names.map((name) => [name, `node scripts/run.mjs ${name}`])));
});

test("package.json allows npm 12 to run Node's install script", () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8')).allowScripts).toMatchObject({ node: true });
});

describe('in a fresh clone whose npm runs no install scripts', () => {
  // The sandbox refuses this port. It says so in TypeScript, which an older Node can't run.
  const PORT = '0';

  test('the first command installs all packages, fetches its Node and runs on it', async () => {
    const folder = freshCopy();
    const { code, output } = await run(folder, ['start'], { PORT, NODE_ENV: 'production' });
    expect(linesOf(folder, 'npm-runs')).toEqual([ci, rebuild]);
    expect(output).toMatch(/Installing .* takes a minute or two/);
    expect(output).toContain('Fetching the program of Node 24');
    expect(output).toContain('Give a number from 1 to 65535');
    expect(code).toBe(1);
  });

  test('a command fetches only the Node program where only that is missing', async () => {
    const folder = freshCopy();
    installWithoutNode(folder);
    expect((await run(folder, ['start'], { PORT })).output).toContain('Give a number from 1 to 65535');
    expect(linesOf(folder, 'npm-runs')).toEqual([rebuild]);
  });

  test.each([
    ['of another version', '20.0.0', []],
    ['for another machine', '', ['exit 126']],
  ])('a command replaces a Node program %s', async (_what, version_, whatItDoes) => {
    const folder = freshCopy();
    installWithoutNode(folder);
    putNode(folder, whatItDoes, version_);
    expect((await run(folder, ['start'], { PORT })).output).toContain('Give a number from 1 to 65535');
    expect(linesOf(folder, 'npm-runs')).toEqual([rebuild]);
  });

  test('the second command installs nothing', async () => {
    const folder = freshCopy();
    await run(folder, ['start'], { PORT });
    rmSync(join(folder, 'npm-runs'));
    expect((await run(folder, ['start'], { PORT })).output).not.toMatch(/Installing|Fetching/);
    expect(linesOf(folder, 'npm-runs')).toEqual([]);
  });

  test('a command ends when npm fails, and says what to do', async () => {
    const folder = freshCopy({ fails: true });
    const { code, output } = await run(folder, ['test']);
    expect(code).toBe(1);
    expect(output).toContain(
      'Installing failed: see above. When the npm registry can be reached, run the command again.',
    );
    expect(linesOf(folder, 'npm-runs')).toEqual([ci]);
  });
});

describe('a command', () => {
  let folder: string;
  beforeAll(() => {
    folder = freshCopy();
    installWithoutNode(folder);
  });
  const nodeDoes = (...whatItDoes: string[]) => {
    for (const file of ['runs', 'ready']) rmSync(join(folder, file), { force: true });
    putNode(folder, whatItDoes);
  };
  const types = ['node_modules/typescript/bin/tsc', 'node_modules/typescript/bin/tsc -p console/page'];
  const check = 'node_modules/@biomejs/biome/bin/biome check';
  const jest = 'node_modules/jest/bin/jest.js';
  const short = '--testPathPatterns /test/(?!sandbox/|simulation/)';

  test.each([
    [['start', '--once'], ['sandbox/start.ts --once']],
    [
      ['test', 'test/domain', '-t', 'a b'],
      [...types, check, `${jest} test/domain -t a b --selectProjects unit end-to-end`],
    ],
    [['check'], [...types, check, 'node_modules/knip/bin/knip.js', `${jest} ${short} --selectProjects unit`]],
    [['test:crash', 'kill'], [`${jest} kill --selectProjects crash`]],
    [
      ['simulate', '--seeds', '3'],
      ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON test/simulation/main.ts --seeds 3'],
    ],
    [['bench'], ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON bench/main.ts']],
    [['cost', '--refunds', '5'], ['scripts/cost.mjs --refunds 5']],
    [['format', 'sandbox'], [`${check} --write sandbox`]],
  ])('%j makes Node run its steps in order, with the given arguments', async (args, steps) => {
    nodeDoes();
    expect((await run(folder, args)).code).toBe(0);
    const endWithParent = /^--import file:\S+\/scripts\/end-with-parent\.mjs /;
    for (const line of linesOf(folder, 'runs')) expect(line).toMatch(endWithParent);
    expect(linesOf(folder, 'runs').map((line) => line.replace(endWithParent, ''))).toEqual(steps);
  });

  test('refunds runs in the folder of its caller, who names files there', async () => {
    nodeDoes('pwd >> runs');
    const npm = { npm_lifecycle_event: 'refunds', INIT_CWD: join(folder, 'machine') };
    expect((await run(folder, ['refunds', 'verify', 'story.json'], npm)).code).toBe(0);
    const [started = '', place] = linesOf(join(folder, 'machine'), 'runs');
    expect(started).toMatch(/ \S+\/cli\/main\.ts verify story\.json$/);
    expect(place).toBe(realpathSync(join(folder, 'machine')));
  });

  test('stops at the first step that fails, with its exit status', async () => {
    nodeDoes('exit 3');
    expect(await run(folder, ['test'])).toMatchObject({ code: 3, signal: null });
    expect(linesOf(folder, 'runs')).toHaveLength(1);
  });

  test('ends with the signal that ended its program', async () => {
    nodeDoes('kill -KILL $$');
    expect(await run(folder, ['start'])).toMatchObject({
      code: null,
      signal: 'SIGKILL',
    });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'forwards %s, and waits for the program to end',
    async (signal) => {
      const trap = `trap 'sleep 0.3; exit 5' ${signal.slice(3)}; touch ready; while :; do sleep 0.05; done`;
      nodeDoes(trap);
      const { child, ended } = begin(folder, ['start']);
      while (!existsSync(join(folder, 'ready'))) await sleep(20);
      child.kill(signal);
      expect(await ended).toMatchObject({ code: 5, signal: null });
    },
  );

  test('with an unknown name lists the known names', async () => {
    const { code, output } = await run(folder, ['strat']);
    expect(code).toBe(2);
    expect(output).toContain(
      'start, refunds, console, doctor, test, check, test:crash, simulate, stories, pictures, schemas, client, bench, bench:latency, bench:backlog, cost, format',
    );
  });
});
