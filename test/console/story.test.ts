import type { RefundClient } from '../../client/index.ts';
import type { ExplainedEntry } from '../../console/protocol.ts';
import { refundWithStory } from '../../console/story.ts';
import { canonicalText, parseFields } from '../../shared/signing/fields.ts';
import { gatewayKey, keys, ordinaryStory, signedText, type ToldStory } from '../cli/story-maker.ts';
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
  const { entries, faults, goesOn, now, refund } = await explained(story.entries);
  expect({ faults, goesOn, no_refund: refund.no_refund }).toEqual({
    faults: [],
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
  const { entries, faults } = await explained(tampered(change));
  expect(signedIn(entries, 'refund.processing')?.signature).toBe('verified');
  const signed = signedIn(entries, 'refund.succeeded');
  expect(signed?.signature).toBe('wrong');
  expect(signed?.faults.length).toBeGreaterThan(0);
  expect(faults?.length).toBeGreaterThan(0);
});

test('a status that no message says is a fault of the story', async () => {
  const claimed = story.entries.map(({ message, ...entry }) => entry);
  expect((await explained(claimed)).faults?.length).toBeGreaterThan(0);
});

test('without keys nothing is said of signatures', async () => {
  const { entries, ...answer } = await explained(story.entries, []);
  expect(answer).not.toHaveProperty('faults');
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

test('a story that has not come yet is an empty one', async () => {
  expect(await explained([])).toMatchObject({ entries: [], goesOn: false });
});
