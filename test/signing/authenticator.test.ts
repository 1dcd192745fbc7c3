import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { authenticator } from '../../shared/signing/authenticator.ts';
import { Cached } from '../../shared/signing/cached.ts';

const keyPair = () => generateKeyPairSync('rsa', { modulusLength: 1024 });
const old = keyPair();
const current = keyPair();
const untrusted = keyPair();

/** Signs a text whose canonical form the test has written by hand. */
const signed = (fields: Record<string, string>, text: string, key: KeyObject) =>
  new Map(Object.entries({ ...fields, sign: sign('md5', Buffer.from(text), key).toString('base64') }));

const message = { no_refund: '1', sign_type: 'RSA' };
const signedBy = (key: KeyObject) => signed(message, 'no_refund=1&sign_type=RSA', key);

/** An authenticator with a list of keys that the test may change after the fetch. */
function over(...keys: KeyObject[]) {
  const stored = { keys, fetches: 0, nowMs: 0, isDown: false };
  const cached = new Cached({
    fetch: async () => {
      stored.fetches += 1;
      if (stored.isDown) throw new Error('out of reach');
      return [...stored.keys];
    },
    nowMs: () => stored.nowMs,
    maxAgeMs: 300_000,
    onFailure: () => {},
  });
  return { stored, isAuthentic: authenticator(cached) };
}

test('a signature under any of several keys is authentic', async () => {
  const { stored, isAuthentic } = over(old.publicKey, current.publicKey);
  expect(await isAuthentic(signedBy(old.privateKey))).toBe(true);
  expect(await isAuthentic(signedBy(current.privateKey))).toBe(true);
  expect(stored.fetches).toBe(1);
});

test('a signature under another key is not authentic', async () => {
  expect(await over(old.publicKey, current.publicKey).isAuthentic(signedBy(untrusted.privateKey))).toBe(
    false,
  );
});

test.each([
  ['MD5', { no_refund: '1', sign_type: 'MD5' }, 'no_refund=1&sign_type=MD5'],
  ['rsa', { no_refund: '1', sign_type: 'rsa' }, 'no_refund=1&sign_type=rsa'],
  ['RSA2', { no_refund: '1', sign_type: 'RSA2' }, 'no_refund=1&sign_type=RSA2'],
])('sign_type %s is not authentic, not even with a valid signature', async (_type, fields, text) => {
  const { stored, isAuthentic } = over(current.publicKey);
  expect(await isAuthentic(signed(fields, text, current.privateKey))).toBe(false);
  expect(stored.fetches).toBe(0);
});

test.each([
  ['without a sign_type', { no_refund: '1' }],
  ['with an empty sign_type', { no_refund: '1', sign_type: '' }],
])('a message %s is authentic only with sign_type RSA', async (_what, fields) => {
  expect(await over(current.publicKey).isAuthentic(signed(fields, 'no_refund=1', current.privateKey))).toBe(
    true,
  );
});

test.each([
  ['missing', message],
  ['empty', { ...message, sign: '' }],
])('a %s signature is not authentic, and causes no fetch', async (_what, fields) => {
  const { stored, isAuthentic } = over(current.publicKey);
  expect(await isAuthentic(new Map(Object.entries(fields)))).toBe(false);
  expect(stored.fetches).toBe(0);
});

test('a refetch finds a key that was added since the first fetch', async () => {
  const { stored, isAuthentic } = over(old.publicKey);
  expect(await isAuthentic(signedBy(old.privateKey))).toBe(true);
  stored.keys = [old.publicKey, current.publicKey];
  expect(await isAuthentic(signedBy(current.privateKey))).toBe(true);
  expect(stored.fetches).toBe(2);
});

test('forged messages cause at most one fetch every 30 seconds', async () => {
  const { stored, isAuthentic } = over(current.publicKey);
  for (let count = 0; count < 5; count += 1)
    expect(await isAuthentic(signedBy(untrusted.privateKey))).toBe(false);
  expect(stored.fetches).toBe(2);
  stored.nowMs += 30_000;
  expect(await isAuthentic(signedBy(untrusted.privateKey))).toBe(false);
  expect(stored.fetches).toBe(3);
});

test('a message that does not verify is not authentic while a refetch fails', async () => {
  const { stored, isAuthentic } = over(current.publicKey);
  expect(await isAuthentic(signedBy(current.privateKey))).toBe(true);
  stored.isDown = true;
  expect(await isAuthentic(signedBy(untrusted.privateKey))).toBe(false);
  expect(await isAuthentic(signedBy(current.privateKey))).toBe(true);
});

test('isAuthentic throws where no keys were ever fetched', async () => {
  const { stored, isAuthentic } = over(current.publicKey);
  stored.isDown = true;
  await expect(isAuthentic(signedBy(current.privateKey))).rejects.toThrow('out of reach');
});
