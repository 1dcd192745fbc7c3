import type { KeyObject } from 'node:crypto';
import { readStory } from '../cli/verify/read-story.ts';
import { UnusableInput } from '../cli/verify/story.ts';
import { type Verdict, type VerifiedEntry, verifyStory } from '../cli/verify/verify-story.ts';
import { type Refund, type RefundClient, RefundServiceError, type StoryEntry } from '../client/index.ts';
import { reasonOfCode } from '../shared/domain/return-codes.ts';
import { canonicalText, parseFields } from '../shared/signing/fields.ts';
import type { ExplainedEntry, Proof, RefundAnswer, SignedMessage } from './protocol.ts';

/** More than any refund of its kind has; whoever needs them all exports the story. */
const MAX_ENTRIES = 1_000;

/** Reads a refund and its story, and explains the gateway's messages. */
export async function refundWithStory(
  client: RefundClient,
  keys: readonly KeyObject[],
  noRefund: string,
): Promise<RefundAnswer> {
  // Of a deleted record the story is all there is; where there is no story either, reading it says so.
  const [refund, { entries, goesOn }] = await Promise.all([
    client.get(noRefund).catch(undefinedWhereMissing),
    storyOf(client, noRefund),
  ]);
  const verdict = keys.length > 0 ? verdictOn(noRefund, entries, keys) : undefined;
  const nowMs = Date.now();
  return {
    ...(refund && { refund }),
    entries: entries.map((entry, index) => explained(entry, verdict?.entries[index])),
    goesOn,
    ...(verdict && { proof: proofIn(verdict, entries, refund, nowMs) }),
    now: new Date(nowMs).toISOString(),
  };
}

function undefinedWhereMissing(error: unknown): undefined {
  if (error instanceof RefundServiceError && error.name === 'RefundNotFound') return undefined;
  throw error;
}

/** A story's entries are recorded side by side: what an entry follows from may come some seconds after it. */
const COMES_LATE_MS = 10_000;

function proofIn(
  { faults, messages, status }: Verdict,
  entries: StoryEntry[],
  refund: Refund | undefined,
  nowMs: number,
): Proof {
  // A time that lies further ahead than clocks differ is no reason to wait.
  const isRecent = (at = '') => Math.abs(nowMs - Date.parse(at)) < COMES_LATE_MS;
  const isSettled = ({ entry = 0 }: Verdict['faults'][number]) => !isRecent(entries[entry - 1]?.at);
  const isBehind = refund !== undefined && status !== refund.status && isRecent(refund.updated_at);
  const settled = faults.filter(isSettled);
  return {
    faults: settled.map(({ what, entry }) => (entry ? `${entry}: ${what}` : what)),
    messages,
    ...((settled.length < faults.length || isBehind) && { isSettling: true }),
    ...(status && { status }),
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

/** A story that can't be read at all proves nothing, and is shown all the same. */
function verdictOn(no_refund: string, entries: StoryEntry[], keys: readonly KeyObject[]): Verdict {
  try {
    const story = readStory([{ name: 'The story', text: JSON.stringify({ no_refund, entries }) }]);
    return verifyStory(story, keys);
  } catch (error) {
    if (!(error instanceof UnusableInput)) throw error;
    const fault = { what: error.message, todo: '' };
    return { no_refund, entries: [], faults: [fault], messages: 0, goesOn: false, identity: {} };
  }
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
