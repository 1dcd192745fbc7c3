import { type RefundClient, RefundServiceError, type StoryEntry } from '../../client/index.ts';
import type { ExplainedEntry } from '../../console/protocol.ts';
import { refundWithStory } from '../../console/story.ts';
import { canonicalText, parseFields } from '../../shared/signing/fields.ts';
import {
  type Entry,
  gatewayKey,
  keys,
  ordinaryStory,
  signedText,
  type ToldStory,
} from '../cli/story-maker.ts';
import { shownService } from './console-server.ts';

let story: ToldStory;

beforeAll(async () => {
  story = await ordinaryStory();
});

/** The service, telling a story. */
const telling = (entries: object[]): RefundClient => ({
  ...shownService([]).client,
  async *history() {
    yield* entries as ToldStory['entries'] as never[];
  },
});

const explained = (entries: object[], withKeys = [gatewayKey]) =>
  refundWithStory(telling(entries), withKeys, story.no_refund);

const signedIn = (entries: ExplainedEntry[], code: string) =>
  entries.find((entry) => entry.code === code)?.signed;

test('each message is explained field by field, with what is signed, and verifies', async () => {
  const { entries, proof, goesOn, now, refund } = await explained(story.entries);
  expect({ proof, goesOn, no_refund: refund?.no_refund }).toEqual({
    proof: { faults: [], messages: 2, status: 'SUCCEEDED' },
    goesOn: false,
    no_refund: story.no_refund,
  });
  expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(60_000);
  expect(entries.map(({ signed, ...entry }) => entry)).toEqual(story.entries);
  const text = story.entries.find(({ code }) => code === 'refund.succeeded')?.message?.text ?? '';
  const signed = signedIn(entries, 'refund.succeeded');
  expect(signed).toMatchObject({ signature: 'verified', faults: [], codeMeaning: expect.any(String) });
  expect(signed?.fields.map(({ name, value }) => [name, value])).toEqual([...(parseFields(text) ?? [])]);
  expect(signed?.signedText).toBe(canonicalText(parseFields(text) ?? new Map()));
  for (const { name, value, isSigned } of signed?.fields ?? []) {
    expect([name, isSigned]).toEqual([name, name !== 'sign']);
    if (isSigned) expect(signed?.signedText).toContain(`${name}=${value}`);
  }
});

test('an empty field is not signed', async () => {
  const text = signedText({ settle_date: '' });
  const [entry] = (
    await explained([{ ...story.entries.at(-1), message: { text, via: 'query', received_at: '' } }])
  ).entries;
  expect(entry?.signed?.fields.find(({ name }) => name === 'settle_date')).toMatchObject({ isSigned: false });
});

const tampered = (change: (text: string) => string) =>
  story.entries.map((entry) =>
    entry.code === 'refund.succeeded' && entry.message
      ? { ...entry, message: { ...entry.message, text: change(entry.message.text) } }
      : entry,
  );

test.each([
  ['another amount', (text: string) => text.replace('200.01', '900.01')],
  ['another signer', () => signedText({}, keys.untrusted.privateKey)],
  ['no signature', () => '{"ret_code":"0000","sta_refund":"2"}'],
  ['no message at all', () => '<html>'],
])('a message with %s is wrong, and its story does not follow', async (_what, change) => {
  const { entries, proof } = await explained(tampered(change));
  expect(signedIn(entries, 'refund.processing')?.signature).toBe('verified');
  const signed = signedIn(entries, 'refund.succeeded');
  expect(signed?.signature).toBe('wrong');
  expect(signed?.faults.length).toBeGreaterThan(0);
  expect(proof?.faults.length).toBeGreaterThan(0);
  // The number is that of the list.
  const number = entries.findIndex(({ code }) => code === 'refund.succeeded') + 1;
  for (const fault of proof?.faults ?? []) expect(fault).toMatch(new RegExp(`^${number}: .`));
  expect(proof).toMatchObject({ messages: 1 });
});

test('a status that no message says is a fault of the story', async () => {
  const claimed = story.entries.map(({ message, ...entry }) => entry);
  expect((await explained(claimed)).proof?.faults.length).toBeGreaterThan(0);
});

test('without keys nothing is said of signatures', async () => {
  const { entries, ...answer } = await explained(story.entries, []);
  expect(answer).not.toHaveProperty('proof');
  for (const { signed } of entries) if (signed) expect(signed).not.toHaveProperty('signature');
});

test('of a long story the first 1,000 entries are read, and no more', async () => {
  const endless = Array.from({ length: 1_001 }, (_, index) => ({
    at: '2026-11-26T01:00:00.000Z',
    code: `c.${index}`,
    text: '',
  }));
  const { entries, goesOn } = await explained(endless, []);
  expect([entries.length, entries.at(-1)?.code, goesOn]).toEqual([1_000, 'c.999', true]);
  expect(await explained(endless.slice(1), [])).toMatchObject({ goesOn: false });
});

test('a story that has not come yet is an empty one, which proves nothing', async () => {
  const answer = await explained([]);
  expect(answer).toMatchObject({ entries: [], goesOn: false });
  expect(answer.proof).toEqual({ faults: ['the story has no entries'], messages: 0 });
  expect(await explained([], [])).not.toHaveProperty('proof');
});

describe('a record that was deleted', () => {
  const missing = new RefundServiceError({ name: 'RefundNotFound', message: 'There is none.', status: 404 });
  const without = (error: Error, entries?: object[]) => ({
    ...telling(entries ?? []),
    get: async () => Promise.reject(error),
    ...(!entries && { history: () => failingStory(missing) }),
  });

  test('has its story still, which is verified', async () => {
    const answer = await refundWithStory(without(missing, story.entries), [gatewayKey], story.no_refund);
    expect(answer).not.toHaveProperty('refund');
    expect(answer.entries.length).toBe(story.entries.length);
    expect(answer.proof).toEqual({ faults: [], messages: 2, status: 'SUCCEEDED' });
  });

  test('and one that never was, have nothing where there is no story either', async () => {
    await expect(refundWithStory(without(missing), [gatewayKey], 'r-1')).rejects.toBe(missing);
  });

  test('is not assumed where the service fails otherwise', async () => {
    const denied = new RefundServiceError({ name: 'ApiGatewayError', message: 'Forbidden', status: 403 });
    await expect(refundWithStory(without(denied, story.entries), [], 'r-1')).rejects.toBe(denied);
    // API Gateway has no such route: that is another 404.
    const noRoute = new RefundServiceError({ name: 'ApiGatewayError', message: 'Not Found', status: 404 });
    await expect(refundWithStory(without(noRoute, story.entries), [], 'r-1')).rejects.toBe(noRoute);
  });
});

// biome-ignore lint/correctness/useYield: it throws before the first entry.
async function* failingStory(error: Error): AsyncGenerator<StoryEntry, void> {
  throw error;
}

describe('the entries of the last seconds', () => {
  /** The story without its messages, whose end was so long ago, milliseconds; what is before it, a minute longer. */
  const claimedAgo = (ms: number) =>
    story.entries.map(({ message, ...entry }) => {
      const isEnd = entry.code === 'refund.succeeded';
      return {
        ...entry,
        at: new Date(Date.now() - (isEnd ? ms : 60_000 + ms)).toISOString(),
        ...(!isEnd && { message }),
      };
    });

  const proofAgo = async (ms: number) => (await explained(claimedAgo(ms))).proof;

  test.each([0, 5_000, 9_000, -5_000])(
    '%d ms ago: a fault is not told yet, and the proof says so',
    async (ms) => {
      expect(await proofAgo(ms)).toMatchObject({ faults: [], isSettling: true });
    },
  );

  // A time ahead, further than clocks differ, hides no fault.
  test.each([10_000, 11_000, 3_600_000, -11_000, -86_400_000])('%d ms ago: it is told', async (ms) => {
    const proof = await proofAgo(ms);
    expect(proof?.faults.length).toBeGreaterThan(0);
    expect(proof).not.toHaveProperty('isSettling');
  });

  test('a fault before them is told all the same', async () => {
    const [first, ...others] = claimedAgo(1_000);
    const proof = (await explained([{ ...first, code: 'refund.processing' }, ...others])).proof;
    expect(proof?.faults).toEqual(expect.arrayContaining([expect.stringMatching(/^1: /)]));
    expect(proof).toMatchObject({ isSettling: true });
  });

  test('a story that follows is not unsettled by its youth', async () => {
    const now = new Date().toISOString();
    const young = story.entries.map((entry) => ({ ...entry, at: now }));
    expect((await explained(young)).proof).toEqual({ faults: [], messages: 2, status: 'SUCCEEDED' });
  });
});

test.each([
  [1_000, true],
  [60_000, false],
])('a record that changed %d ms ago and is ahead of its story: settling is %s', async (ms, isSettling) => {
  const updated_at = new Date(Date.now() - ms).toISOString();
  const { client } = shownService([]);
  const ahead: RefundClient = {
    ...telling(story.entries.filter(({ code }) => code !== 'refund.succeeded')),
    get: async (number) => ({ ...(await client.get(number)), status: 'SUCCEEDED', updated_at }),
  };
  const { proof } = await refundWithStory(ahead, [gatewayKey], story.no_refund);
  expect(proof).toMatchObject({ faults: [], status: 'PROCESSING' });
  expect(proof?.isSettling ?? false).toBe(isSettling);
});

test.each([
  ['an entry without a time', ({ at, ...entry }: Entry) => entry],
  ['an entry without a code', ({ code, ...entry }: Entry) => entry],
  ['a message without a text', (entry: Entry) => ({ ...entry, message: { via: 'query', received_at: '' } })],
])('a story with %s is shown, and proves nothing', async (_what, change) => {
  const [first, ...others] = story.entries;
  const changed = [...others, change(first as Entry)];
  const { entries, proof } = await explained(changed);
  expect(entries.map(({ signed, ...entry }) => entry)).toEqual(changed);
  expect(proof).toEqual({
    faults: [expect.stringMatching(`^The story: .*entry ${changed.length} of a page lacks its`)],
    messages: 0,
  });
});
