// Runs `npm start`, `npm test` and the other scripts of package.json. It needs no installed package, and runs on any
// Node that the machine has. npm's pre-scripts couldn't do the installing: npm skips them where `ignore-scripts` is set.
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInForeground } from './foreground.mjs';
import { ensureInstalled, nodeProgram } from './install.mjs';

const jest = 'node_modules/jest/bin/jest.js';
const biome = 'node_modules/@biomejs/biome/bin/biome';

/** Unit tests but for those of the sandbox and the simulation's worlds, which take minutes. */
const shortTests = ['--testPathPatterns', '/test/(?!sandbox/|simulation/)'];

const typescript = 'node_modules/typescript/bin/tsc';
const types = { title: 'Checking types …', run: [typescript] };
/** The console's page runs in browsers: it has types of its own. */
const typesOfPage = { run: [typescript, '-p', 'console/page'] };
const style = { title: 'Checking style …', run: [biome, 'check'] };

/** Where the caller is: npm runs scripts in the project's folder. */
const callersFolder = ['refunds', 'console'].includes(process.env.npm_lifecycle_event ?? '')
  ? process.env.INIT_CWD
  : process.cwd();

/** What each command has Node do, step by step, with the arguments that the caller gave. */
const commands = {
  start: (args) => [{ run: ['sandbox/start.ts', ...args] }],
  refunds: (args) => [
    // In the folder of the caller, whose files the arguments name.
    {
      run: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', resolve('cli/main.ts'), ...args],
      cwd: callersFolder,
    },
  ],
  console: (args) => [
    {
      run: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', resolve('console/main.ts'), ...args],
      cwd: callersFolder,
    },
  ],
  doctor: (args) => [
    { run: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'cli/doctor/main.ts', ...args] },
  ],
  test: (args) => [
    types,
    typesOfPage,
    style,
    // Last: jest takes whatever follows this option for the name of a project.
    { title: 'Running the tests …', run: [jest, ...args, '--selectProjects', 'unit', 'end-to-end'] },
  ],
  check: () => [
    types,
    typesOfPage,
    style,
    { title: 'Looking for what nothing uses …', run: ['node_modules/knip/bin/knip.js'] },
    { title: 'Running the short tests …', run: [jest, ...shortTests, '--selectProjects', 'unit'] },
  ],
  'test:crash': (args) => [{ run: [jest, ...args, '--selectProjects', 'crash'] }],
  simulate: (args) => [
    { run: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'test/simulation/main.ts', ...args] },
  ],
  stories: () => {
    process.env.WRITE_STORIES = '1';
    return [{ run: [jest, '--testPathPatterns', 'end-to-end/stories', '--selectProjects', 'end-to-end'] }];
  },
  pictures: () => {
    process.env.WRITE_PICTURES = '1';
    return [
      {
        run: [
          jest,
          '--testPathPatterns',
          'end-to-end/console.test',
          '-t',
          'pictures',
          '--selectProjects',
          'end-to-end',
        ],
      },
    ];
  },
  schemas: (args) => {
    const write = { run: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'schemas/main.ts'] };
    if (!args.includes('--examples')) return [write];
    process.env.WRITE_EXAMPLES = '1';
    const record = [jest, '--testPathPatterns', 'end-to-end/openapi', '--selectProjects', 'end-to-end'];
    return [{ title: 'Recording the examples …', run: record }, write];
  },
  client: () => [{ run: [typescript, '-p', 'client'] }],
  bench: (args) => [{ run: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'bench/main.ts', ...args] }],
  'bench:latency': (args) => [
    { run: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'bench/latency.ts', ...args] },
  ],
  'bench:backlog': (args) => [
    { run: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'bench/backlog.ts', ...args] },
  ],
  cost: (args) => [{ run: ['scripts/cost.mjs', ...args] }],
  format: (args) => [{ run: [biome, 'check', '--write', ...args] }],
};

/** @returns how the last step ended */
async function main([name = '', ...args]) {
  if (!Object.hasOwn(commands, name)) {
    console.error(`node scripts/run.mjs takes one of: ${Object.keys(commands).join(', ')}`);
    return { code: 2 };
  }
  process.chdir(fileURLToPath(new URL('..', import.meta.url)));
  if (!(await ensureInstalled())) return { code: 1 };
  prepareEnvironment();
  const endWithParent = ['--import', new URL('end-with-parent.mjs', import.meta.url).href];
  let end = { code: 0 };
  for (const { title, run, cwd } of commands[name](args)) {
    if (title) console.log(title);
    end = await runInForeground(resolve(nodeProgram), [...endWithParent, ...run], { channel: true, cwd });
    if (end.code !== 0) break;
  }
  return end;
}

/** Keeps requests to this machine away from proxies, and puts the installed Node first on the PATH. */
function prepareEnvironment() {
  const { env } = process;
  env.PATH = [resolve(join('node_modules', '.bin')), env.PATH].filter(Boolean).join(delimiter);
  // With NODE_USE_ENV_PROXY or --use-env-proxy, Node sends requests to 127.0.0.1 through a proxy.
  const direct = ['127.0.0.1', 'localhost', '[::1]', env.NO_PROXY || env.no_proxy].filter(Boolean).join(',');
  Object.assign(env, { NO_PROXY: direct, no_proxy: direct });
}

const { code, signal } = await main(process.argv.slice(2));
// The caller sees the signal or the exit code of the program.
if (signal) process.kill(process.pid, signal);
process.exitCode = code ?? 1;
