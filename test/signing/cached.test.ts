import { ManualFetch } from './manual-fetch.ts';

const MAX_AGE_MS = 300_000;
const REFETCH_MS = 30_000;

let source: ManualFetch<string>;
beforeEach(() => {
  source = new ManualFetch();
});

async function filled(value: string, maxAgeMs = MAX_AGE_MS) {
  const cached = source.cached(maxAgeMs);
  const first = cached.get();
  await source.answer(value);
  await first;
  return cached;
}

describe('get', () => {
  test('makes one fetch for any number of callers', async () => {
    const cached = source.cached(MAX_AGE_MS);
    const waiting = Promise.all([cached.get(), cached.get(), cached.get()]);
    await source.answer('key');
    expect(await waiting).toEqual(['key', 'key', 'key']);
    expect(source.fetches).toBe(1);
  });

  test('returns the value until its maximum age, counted from its arrival', async () => {
    const cached = source.cached(MAX_AGE_MS);
    const first = cached.get();
    source.nowMs += 5_000;
    await source.answer('old');
    await first;
    source.nowMs += MAX_AGE_MS - 1;
    expect(await cached.get()).toBe('old');
    expect(source.fetches).toBe(1);

    source.nowMs += 1;
    const waiting = Promise.all([cached.get(), cached.get()]);
    expect(source.fetches).toBe(2);
    await source.answer('new');
    expect(await waiting).toEqual(['new', 'new']);
    expect(await cached.get()).toBe('new');
    expect(source.fetches).toBe(2);
  });

  test('returns the old value when a refresh fails, and retries later', async () => {
    const cached = await filled('old');
    source.nowMs += MAX_AGE_MS;
    const waiting = Promise.all([cached.get(), cached.get()]);
    await source.fail('down');
    expect(await waiting).toEqual(['old', 'old']);
    expect(source.failures).toEqual(['down']);

    source.nowMs += REFETCH_MS - 1;
    expect(await cached.get()).toBe('old');
    expect(source.fetches).toBe(2);

    source.nowMs += 1;
    const later = cached.get();
    await source.answer('new');
    expect(await later).toBe('new');
  });

  test('retries a failed refresh within the maximum age', async () => {
    const cached = await filled('old', 1_000);
    source.nowMs += 1_000;
    const waiting = cached.get();
    await source.fail('down');
    await waiting;
    source.nowMs += 1_000;
    const later = cached.get();
    await source.answer('new');
    expect(await later).toBe('new');
  });

  test('throws without a value, and fetches again at the next call', async () => {
    const cached = source.cached(MAX_AGE_MS);
    const first = expect(cached.get()).rejects.toBe('down');
    await source.fail('down');
    await first;
    const second = cached.get();
    await source.answer('key');
    expect(await second).toBe('key');
    expect(source.fetches).toBe(2);
    expect(source.failures).toEqual(['down']);
  });

  test('retries after a failed first fetch that another caller began, once for all who joined it', async () => {
    const cached = source.cached(MAX_AGE_MS);
    const began = expect(cached.get()).rejects.toBe('frozen');
    const joined = Promise.all([cached.get(), cached.get()]);
    await source.fail('frozen');
    await began;
    expect(source.fetches).toBe(2);
    await source.answer('key');
    expect(await joined).toEqual(['key', 'key']);
  });

  test('fails when its own fetch fails too', async () => {
    const cached = source.cached(MAX_AGE_MS);
    const began = expect(cached.get()).rejects.toBe('first');
    const joined = expect(cached.get()).rejects.toBe('second');
    await source.fail('first');
    await source.fail('second');
    await Promise.all([began, joined]);
    expect(source.fetches).toBe(2);
  });
});

describe('a first fetch that fails repeatedly', () => {
  async function failingTimes(count: number) {
    const cached = source.cached(MAX_AGE_MS);
    for (let tries = 1; tries <= count; tries += 1) {
      const failing = expect(cached.get()).rejects.toBe(`down ${tries}`);
      await source.fail(`down ${tries}`);
      await failing;
    }
    return cached;
  }

  test('is retried at once for each of the first three calls, and then every two seconds', async () => {
    const cached = await failingTimes(3);
    for (let count = 0; count < 5; count += 1) await expect(cached.get()).rejects.toBe('down 3');
    source.nowMs += 1_999;
    await expect(cached.get()).rejects.toBe('down 3');
    expect(source.fetches).toBe(3);

    source.nowMs += 1;
    const failing = expect(cached.get()).rejects.toBe('down 4');
    await source.fail('down 4');
    await failing;
    await expect(cached.get()).rejects.toBe('down 4');
    expect(source.fetches).toBe(4);
    expect(source.failures).toHaveLength(4);
  });

  test('is not limited any more after a success', async () => {
    const cached = await failingTimes(3);
    source.nowMs += 2_000;
    const good = cached.get();
    await source.answer('key');
    expect([await good, await cached.get()]).toEqual(['key', 'key']);
  });

  test('is shared while it is in progress, and its failure is not retried for those who joined it', async () => {
    const cached = await failingTimes(3);
    source.nowMs += 2_000;
    const both = [expect(cached.get()).rejects.toBe('down 4'), expect(cached.get()).rejects.toBe('down 4')];
    await source.fail('down 4');
    await Promise.all(both);
    expect(source.fetches).toBe(4);
  });

  test('limits no call when it failed after a freeze', async () => {
    const cached = await failingTimes(2);
    const frozen = expect(cached.get()).rejects.toBe('frozen');
    source.nowMs += 60_000;
    await source.fail('frozen');
    await frozen;
    const good = cached.get();
    await source.answer('key');
    expect(await good).toBe('key');
  });
});

describe('refetch', () => {
  test('fetches right after the first fetch, which does not count', async () => {
    const cached = await filled('old');
    const newer = cached.refetch();
    await source.answer('new');
    expect(await newer).toBe('new');
    expect(await cached.get()).toBe('new');
    expect(source.fetches).toBe(2);
  });

  test('fetches at most every 30 seconds', async () => {
    const cached = await filled('old');
    const first = cached.refetch();
    await source.answer('new');
    await first;
    source.nowMs += REFETCH_MS - 1;
    expect(await cached.refetch()).toBeUndefined();
    expect(source.fetches).toBe(2);

    source.nowMs += 1;
    const second = cached.refetch();
    await source.answer('newest');
    expect(await second).toBe('newest');
  });

  test('counts a failed fetch too, and keeps the value', async () => {
    const cached = await filled('old');
    const failing = cached.refetch();
    await source.fail('down');
    expect(await failing).toBeUndefined();
    expect(await cached.get()).toBe('old');
    source.nowMs += REFETCH_MS - 1;
    expect(await cached.refetch()).toBeUndefined();
    expect(source.fetches).toBe(2);
  });

  test('joins a fetch that is in progress', async () => {
    const cached = await filled('old');
    const both = Promise.all([cached.refetch(), cached.refetch()]);
    await source.answer('new');
    expect(await both).toEqual(['new', 'new']);
    expect(source.fetches).toBe(2);
  });

  test('restarts the age', async () => {
    const cached = await filled('old');
    source.nowMs += MAX_AGE_MS - 1;
    const newer = cached.refetch();
    await source.answer('new');
    await newer;
    source.nowMs += MAX_AGE_MS - 1;
    expect(await cached.get()).toBe('new');
    expect(source.fetches).toBe(2);
  });
});
