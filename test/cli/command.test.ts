import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { keys, ordinaryStory, type ToldStory } from './story-maker.ts';

let folder: string;
let story: ToldStory;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verify-'));
  story = await ordinaryStory();
  save('story.json', story);
  save('gateway.pem', keys.gateway.publicKey);
  save('other.pem', keys.untrusted.publicKey);
  save('secret.json', { public_keys: [keys.untrusted.publicKey, 'not a key', keys.gateway.publicKey] });
  save('bare.txt', keys.gateway.publicKey.replace(/-----[^-]+-----|\s/g, ''));
});

afterAll(() => rmSync(folder, { recursive: true }));

function save(name: string, content: unknown): void {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
}

/** The command as a process of its own, in the folder of the files. */
function refunds(
  args: string[],
  { input = '', environment = {} }: { input?: string; environment?: object } = {},
) {
  const all = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', resolve('cli/main.ts'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  return { status, stdout, stderr };
}

const verify = (file: string, key: string, ...more: string[]) =>
  refunds(['verify', file, '--key', key, ...more]);

test('a story that follows: each entry with what was checked, what it comes to, what is not proven, status 0', () => {
  const { status, stdout, stderr } = verify('story.json', 'gateway.pem');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(
    /^Refund 2013051500005: 4 entries\nKey with the fingerprint \(SHA-256\) [0-9a-f]{64}\n/,
  );
  expect(stdout).toMatch(/^1 {2}2026\S+ {2}refund\.created {5}- {2}nothing that the gateway signs$/m);
  expect(stdout).toMatch(/^4 {2}2026\S+ {2}refund\.succeeded {3}ok signature, PROCESSING to SUCCEEDED, /m);
  expect(stdout).toContain(
    "All follows, by 2 verified messages. It comes to: SUCCEEDED, 200.01 CNY, merchant 201103171000000000, LianLian's number 2026010500000001.",
  );
  expect(stdout).toContain('This does not prove:\n  - that nothing was left out');
  expect(stdout).not.toContain('\u001b');
});

test('a story that does not follow: each fault with its entry and what to do, status 1', () => {
  const changed = structuredClone(story);
  Object.assign(changed.entries[3] ?? {}, { oid_refundno: '\u001b[2KB2' });
  save('changed.json', changed);
  const { status, stdout } = verify('changed.json', 'gateway.pem');
  expect(status).toBe(1);
  expect(stdout).toContain('The story does not follow from its messages: 1 fault.');
  expect(stdout).toContain(
    '  Entry 4, refund.succeeded: it says oid_refundno �[2KB2, and its message says 2026010500000001. Believe the message',
  );
  expect(stdout).not.toContain('All follows');
});

test('--json, for programs', () => {
  const { stdout } = verify('story.json', 'gateway.pem', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    no_refund: '2013051500005',
    follows: true,
    status: 'SUCCEEDED',
    money_refund: '200.01',
    story_goes_on: false,
    verified_messages: 2,
    faults: [],
    entries: [
      { entry: 1, code: 'refund.created', checked: [] },
      {},
      {},
      { checked: expect.arrayContaining(['signature']) },
    ],
    not_proven: expect.any(Array),
  });
  const failed = verify('story.json', 'other.pem', '--json');
  expect(failed.status).toBe(1);
  const verdict = JSON.parse(failed.stdout);
  expect(verdict).toMatchObject({
    follows: false,
    faults: [{ entry: 3, code: 'refund.processing' }, { entry: 4 }],
  });
  expect(verdict).not.toHaveProperty('status');
});

test('a story from standard input', () => {
  const { status } = refunds(['verify', '-', '--key', 'gateway.pem'], { input: JSON.stringify(story) });
  expect(status).toBe(0);
});

test('a story without its last page goes on', () => {
  save('page-1.json', { ...story, next: 'more' });
  const { status, stdout } = verify('page-1.json', 'gateway.pem');
  expect(status).toBe(0);
  expect(stdout).toContain('The story goes on: get its next page, and verify all pages together.');
});

test('a story that no message is in is the word of the service', () => {
  save('begun.json', { ...story, entries: story.entries.slice(0, 2) });
  expect(verify('begun.json', 'gateway.pem').stdout).toContain(
    "All follows, by 0 verified messages. It comes to: REQUESTED, by the service's own word, 200.01 CNY.",
  );
});

test('keys in any form that the service takes, and several', () => {
  expect(verify('story.json', 'bare.txt').status).toBe(0);
  expect(verify('story.json', 'other.pem', '--key', 'gateway.pem').status).toBe(0);
  const { status, stderr } = verify('story.json', 'secret.json');
  expect(status).toBe(0);
  expect(stderr).toMatch(/^Warning: secret\.json entry 2 of 3 can't be read as a key/);
});

test.each([
  [
    'a file that is not there',
    ['verify', 'none.json', '--key', 'gateway.pem'],
    'none.json cannot be read (ENOENT)',
  ],
  ['a key file that holds no key', ['verify', 'story.json', '--key', 'story.json'], 'story.json has no list'],
  ['a story that is a key', ['verify', 'gateway.pem', '--key', 'gateway.pem'], 'gateway.pem is not JSON'],
  ['no key', ['verify', 'story.json'], "required option '--key <file>' not specified"],
  ['no file', ['verify', '--key', 'gateway.pem'], "missing required argument 'file'"],
  ['an unknown option', ['verify', 'story.json', '--key', 'gateway.pem', '--jsn'], "unknown option '--jsn'"],
  ['an unknown command', ['verfy'], 'Did you mean verify?'],
  ['no command', [], 'Usage: refunds'],
])('%s: status 2, and nothing on standard output', (_what, args, words) => {
  const { status, stdout, stderr } = refunds(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/^ +at /m);
});

test('--help has examples and the exit statuses', () => {
  const { status, stdout } = refunds(['verify', '--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('npm run refunds -- verify story.json --key gateway-public.pem');
  expect(stdout).toContain('Exit status: 0 all follows, 1');
});
