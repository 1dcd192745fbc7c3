import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { authenticator } from '../../shared/signing/authenticator.ts';
import { Cached } from '../../shared/signing/cached.ts';

const keyPair = () => generateKeyPairSync('rsa', { modulusLength: 1024 });
const old = keyPair();
const current = keyPair();
const untrusted = keyPair();

/** Signs a text that the test has put into its canonical form by hand. */
const signed = (fields: Record<string, string>, text: string, key: KeyObject) =>
  new Map(Object.entries({ ...fields, sign: sign('md5', Buffer.from(text), key).toString('base64') }));

const message = { no_refund: '1', sign_type: 'RSA' };
const signedBy = (key: KeyObject) => signed(message, 'no_refund=1&sign_type=RSA', key);

/** An authenticator over a list of keys that the test may change behind its back. */
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

test('any of several keys will do', async () => {
  const { stored, isAuthentic } = over(old.publicKey, current.publicKey);
  expect(await isAuthentic(signedBy(old.privateKey))).toBe(true);
  expect(await isAuthentic(signedBy(current.privateKey))).toBe(true);
  expect(stored.fetches).toBe(1);
});

test('no other key will', async () => {
  expect(await over(old.publicKey, current.publicKey).isAuthentic(signedBy(untrusted.privateKey))).toBe(
    false,
  );
});

test.each([
  ['MD5', { no_refund: '1', sign_type: 'MD5' }, 'no_refund=1&sign_type=MD5'],
  ['rsa', { no_refund: '1', sign_type: 'rsa' }, 'no_refund=1&sign_type=rsa'],
  ['RSA2', { no_refund: '1', sign_type: 'RSA2' }, 'no_refund=1&sign_type=RSA2'],
])('sign_type %s is not authentic, not even with a good signature', async (_type, fields, text) => {
  const { stored, isAuthentic } = over(current.publicKey);
  expect(await isAuthentic(signed(fields, text, current.privateKey))).toBe(false);
  expect(stored.fetches).toBe(0);
});

test.each([
  ['without a sign_type', { no_refund: '1' }],
  ['with an empty sign_type', { no_refund: '1', sign_type: '' }],
])('a message %s says nothing else than RSA', async (_what, fields) => {
  expect(await over(current.publicKey).isAuthentic(signed(fields, 'no_refund=1', current.privateKey))).toBe(
    true,
  );
});

test.each([
  ['missing', message],
  ['empty', { ...message, sign: '' }],
])('a %s signature is not authentic, and costs no fetch', async (_what, fields) => {
  const { stored, isAuthentic } = over(current.publicKey);
  expect(await isAuthentic(new Map(Object.entries(fields)))).toBe(false);
  expect(stored.fetches).toBe(0);
});

test('a key that was added since the fetch is found by fetching again', async () => {
  const { stored, isAuthentic } = over(old.publicKey);
  expect(await isAuthentic(signedBy(old.privateKey))).toBe(true);
  stored.keys = [old.publicKey, current.publicKey];
  expect(await isAuthentic(signedBy(current.privateKey))).toBe(true);
  expect(stored.fetches).toBe(2);
});

test('forgeries cause a fetch every 30 seconds, no more', async () => {
  const { stored, isAuthentic } = over(current.publicKey);
  for (let count = 0; count < 5; count += 1)
    expect(await isAuthentic(signedBy(untrusted.privateKey))).toBe(false);
  expect(stored.fetches).toBe(2);
  stored.nowMs += 30_000;
  expect(await isAuthentic(signedBy(untrusted.privateKey))).toBe(false);
  expect(stored.fetches).toBe(3);
});

test('a message that does not verify is not authentic while the keys cannot be fetched again', async () => {
  const { stored, isAuthentic } = over(current.publicKey);
  expect(await isAuthentic(signedBy(current.privateKey))).toBe(true);
  stored.isDown = true;
  expect(await isAuthentic(signedBy(untrusted.privateKey))).toBe(false);
  expect(await isAuthentic(signedBy(current.privateKey))).toBe(true);
});

test('where there never were keys, it throws: nobody knows', async () => {
  const { stored, isAuthentic } = over(current.publicKey);
  stored.isDown = true;
  await expect(isAuthentic(signedBy(current.privateKey))).rejects.toThrow('out of reach');
});
