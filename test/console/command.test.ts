import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { unusedPort } from '../../sandbox/http.ts';
import { misleadingEnvironment, run } from '../support/project-copies.ts';
import { printedLink } from '../support/sandbox-console.ts';
import { type RunningConsole, runConsole, send, shownService } from './console-server.ts';

const COMMAND = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'console/main.ts'];
const ENVIRONMENT = { ...misleadingEnvironment, LC_ALL: 'C', PORT: '' };

const command = (...args: string[]) => run(resolve('.'), [...COMMAND, ...args], ENVIRONMENT);

const JSON_TYPE = { 'content-type': 'application/json' };

const URL_OPTION = ['--url', 'http://127.0.0.1:9'];

let other: RunningConsole;

beforeAll(async () => {
  other = await runConsole(shownService([]));
});

afterAll(() => other.stop());

test.each([
  ['a stage and a URL', ['--stage', 'prod', ...URL_OPTION], 'Give --stage or --url, not both.'],
  ['no URL', ['--url', 'prod'], 'prod is not a URL.'],
  [
    'a key that is not there',
    [...URL_OPTION, '--key', 'no.pem'],
    'no.pem cannot be read (ENOENT). Check its name.',
  ],
  ['a file without a key', [...URL_OPTION, '--key', 'LICENSE'], 'LICENSE '],
  ['a port that is none', [...URL_OPTION, '--port', '65536'], 'It must be a number from 0 to 65535.'],
  ['a word in place of a port', [...URL_OPTION, '--port', '8e3'], 'It must be a number from 0 to 65535.'],
  ['an option that is not there', ['--prot', '1'], '--prot'],
])('%s is refused in a sentence', async (_what, args, sentence) => {
  const { code, stdout, stderr } = await command(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(/^ +at /m);
});

test('where no sandbox runs on the port, the command says how to start one, and what else can be done', async () => {
  const { code, stderr } = await run(resolve('.'), COMMAND, { ...ENVIRONMENT, PORT: '1' });
  expect(code).toBe(2);
  expect(stderr).toMatch(/npm start|PORT=\d+/);
  expect(stderr).toContain('For a deployed stage, give --stage or --url.');
});

test('a port that is in use is told, with what to do', async () => {
  const { code, stderr } = await command(...URL_OPTION, '--port', String(other.port));
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'The port is in use. Choose another one with --port.\n',
  });
});

test('--help tells the options and examples', async () => {
  const { code, stdout } = await command('--help');
  expect(code).toBe(0);
  for (const option of ['--stage', '--url', '--region', '--key', '--port']) expect(stdout).toContain(option);
  expect(stdout).toContain('npm run console -- --stage prod');
});

test('the link of a service that is not the sandbox has a code, another one each time', async () => {
  const links = [await linkOf(), await linkOf()];
  for (const link of links) expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/console#key=[\w-]{32}$/);
  expect(new Set(links.map((link) => link.split('key=')[1])).size).toBe(2);
});

/** The link that the command prints; its code gets the key, and nothing is answered without that. */
async function linkOf(): Promise<string> {
  const port = await unusedPort();
  const args = [...COMMAND, ...URL_OPTION, '--port', String(port)];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...ENVIRONMENT } });
  try {
    const link = await printedLink(child);
    expect(await send(port, { path: '/console/api/about' })).toMatchObject({ status: 401 });
    const exchange = { method: 'POST', path: '/console/api/key', headers: JSON_TYPE };
    const { text } = await send(port, { ...exchange, body: JSON.stringify({ code: link.split('key=')[1] }) });
    const headers = { authorization: `Bearer ${JSON.parse(text).key}` };
    expect(await send(port, { path: '/console/api/about', headers })).toMatchObject({ status: 200 });
    return link;
  } finally {
    child.kill();
  }
}
