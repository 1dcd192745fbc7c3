import type { KeyObject } from 'node:crypto';
import { readStory } from '../cli/verify/read-story.ts';
import { type VerifiedEntry, verifyStory } from '../cli/verify/verify-story.ts';
import type { RefundClient, StoryEntry } from '../client/index.ts';
import { reasonOfCode } from '../shared/domain/return-codes.ts';
import { canonicalText, parseFields } from '../shared/signing/fields.ts';
import type { ExplainedEntry, RefundAnswer, SignedMessage } from './protocol.ts';

/** More than any refund of its kind has; whoever needs them all exports the story. */
const MAX_ENTRIES = 1_000;

/** Reads a refund and its story, and explains the gateway's messages. */
export async function refundWithStory(
  client: RefundClient,
  keys: readonly KeyObject[],
  noRefund: string,
): Promise<RefundAnswer> {
  const [refund, { entries, goesOn }] = await Promise.all([client.get(noRefund), storyOf(client, noRefund)]);
  const verified = keys.length > 0 && entries.length > 0 ? verifiedStory(noRefund, entries, keys) : undefined;
  return {
    refund,
    entries: entries.map((entry, index) => explained(entry, verified?.entries[index])),
    goesOn,
    ...(verified && { faults: verified.faults.map(({ what }) => what) }),
    now: new Date().toISOString(),
  };
}

async function storyOf(client: RefundClient, noRefund: string) {
  const entries: StoryEntry[] = [];
  for await (const entry of client.history(noRefund)) {
    if (entries.length === MAX_ENTRIES) return { entries, goesOn: true };
    entries.push(entry);
  }
  return { entries, goesOn: false };
}

function verifiedStory(no_refund: string, entries: StoryEntry[], keys: readonly KeyObject[]) {
  return verifyStory(readStory([{ name: 'The story', text: JSON.stringify({ no_refund, entries }) }]), keys);
}

function explained(entry: StoryEntry, verified: VerifiedEntry | undefined): ExplainedEntry {
  if (!entry.message) return entry;
  const fields = parseFields(entry.message.text);
  const code = fields?.get('ret_code');
  const signed: SignedMessage = {
    fields: [...(fields ?? [])].map(([name, value]) => ({
      name,
      value,
      isSigned: name !== 'sign' && value !== '',
    })),
    signedText: fields ? canonicalText(fields) : '',
    faults: verified?.faults ?? [],
    ...(verified && { signature: verified.checked.includes('signature') ? 'verified' : 'wrong' }),
    ...(code && { codeMeaning: reasonOfCode(code) }),
  };
  return { ...entry, signed };
}
