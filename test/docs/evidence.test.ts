import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { keys, ordinaryStory } from '../cli/story-maker.ts';

const page = readFileSync('docs/evidence.md', 'utf8');

const [, lines = ''] = /^```\n(jq [^`]*openssl dgst -md5[^`]*)```/m.exec(page) ?? [];
const [, fingerprint = ''] = /^```\n(openssl pkey [^`]*)```/m.exec(page) ?? [];

const isJqThere = spawnSync('jq', ['--version']).status === 0;

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  writeFileSync(join(folder, 'story.json'), JSON.stringify(await ordinaryStory()));
  writeFileSync(join(folder, 'gateway-public.pem'), keys.gateway.publicKey);
  writeFileSync(join(folder, 'other.pem'), keys.untrusted.publicKey);
});

afterAll(() => rmSync(folder, { recursive: true }));

const shell = (commands: string) => spawnSync('bash', ['-c', commands], { cwd: folder, encoding: 'utf8' });

test('there are lines to run', () => {
  expect(lines.split('\n')).toHaveLength(5);
  expect(fingerprint).not.toBe('');
});

(isJqThere ? test : test.skip)('the lines for openssl verify a message, under its key only', () => {
  expect(shell(lines).stdout).toBe('Verified OK\n');
  expect(shell(lines.replace('gateway-public.pem', 'other.pem')).stdout).toBe('Verification failure\n');
});

test('verify prints the fingerprint that openssl does, and what the page shows', () => {
  const args = [
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    resolve('cli/main.ts'),
    'verify',
    'story.json',
  ];
  const printed = execFileSync(process.execPath, [...args, '--key', 'gateway-public.pem'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(printed).toContain(shell(fingerprint).stdout.replace(/^.*= /, '').trim());
  const [, shown = ''] = /^```\n(Refund [^`]*)```/m.exec(page) ?? [];
  const masked = (text: string) => text.replace(/20\d\d-\S+Z|\b20260105\d+|\b2026112600000001/g, 'X');
  for (const line of shown.trim().split('\n'))
    expect(masked(printed)).toContain(masked(line).replace(/ …$/, ''));
});
