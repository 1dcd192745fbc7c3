import { createPublicKey } from 'node:crypto';
import { toJson } from '../../sandbox/gateway/message-format.ts';
import { signed } from '../../sandbox/gateway/signature.ts';
import { readSandboxKeys } from '../../sandbox/keys.ts';
import { readHistory } from '../../shared/app/history.ts';
import { receiveNotification } from '../../shared/app/notify.ts';
import { recordHistory } from '../../shared/app/record-history.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { StoryEntry } from '../../shared/domain/story.ts';
import { readAnswer } from '../../shared/gateway/answers.ts';
import { notificationReader } from '../../shared/gateway/notification-reader.ts';
import { unpackText } from '../../shared/gateway/packed-text.ts';
import { hasSignature, isSignedBy } from '../../shared/signing/signature.ts';
import { harness } from '../app/use-case-harness.ts';

export const keys = readSandboxKeys();
export const gatewayKey = createPublicKey(keys.gateway.publicKey);

const NUMBER = '2013051500005';
const PARTNER = '201103171000000000';
const DATE = '20260105080000';

type Overrides = Record<string, string | undefined>;

/** A message of the gateway about the refund, signed; `undefined` leaves a field out. */
export function signedText(overrides: Overrides = {}, privateKey = keys.gateway.privateKey): string {
  const fields = {
    ret_code: '0000',
    ret_msg: '交易成功',
    oid_partner: PARTNER,
    no_refund: NUMBER,
    dt_refund: DATE,
    money_refund: '200.01',
    oid_refundno: '2026010500000001',
    sta_refund: '2',
    settle_date: '20260105',
    ...overrides,
  };
  const present = Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return toJson(signed(Object.fromEntries(present), privateKey));
}

export interface Entry {
  at: string;
  code: string;
  text: string;
  message?: { text: string; via: string; received_at: string };
  [fact: string]: unknown;
}

export interface ToldStory {
  no_refund: string;
  entries: Entry[];
  next?: string;
}

const isAuthentic = async (fields: ReadonlyMap<string, string>) =>
  hasSignature(fields) && isSignedBy(fields, [gatewayKey]);

/** What the service makes of a signed answer of the gateway. */
export const answered = (text: string) => async () => {
  const identity = { oid_partner: PARTNER, no_refund: NUMBER };
  const answer = await readAnswer({ status: 200, text }, identity, isAuthentic);
  if (answer.type !== 'verified') throw new Error(`the answer proves nothing: ${text}`);
  return answer;
};

/** The service's own use cases over fakes of what is outside, with messages that are really signed, and the story that they leave. */
export function storyMaker(answers: Parameters<typeof harness>[0] = {}) {
  const it = harness(answers);
  const told: StoryEntry[] = [];
  const history = {
    record: async (_noRefund: string, _position: string, entries: StoryEntry[]) => {
      told.push(...(JSON.parse(JSON.stringify(entries)) as StoryEntry[]));
    },
    read: async () => ({ entries: told }),
  };
  const tell = async (before: Refund | undefined) => {
    const after: Refund | undefined = it.record(NUMBER);
    if (after === before) return;
    const happenedAtMs = it.context().clock.nowMs();
    const change = { id: '1', streamLabel: '', happenedAtMs, before, after };
    await recordHistory({ history, log: it.context().log, unpack: unpackText }, [change]);
  };
  const { create, update } = it.store;
  it.store.create = async (...args) => {
    const before = it.record(NUMBER);
    return create(...args).finally(() => tell(before));
  };
  it.store.update = async (...args) => {
    const before = it.record(NUMBER);
    return update(...args).finally(() => tell(before));
  };
  return {
    ...it,
    apply: (more: object = {}) =>
      it.apply({ no_refund: NUMBER, money_refund: '200.01', dt_refund: DATE, ...more }),
    notify: (text: string) =>
      receiveNotification({ ...it.context(), notifications: notificationReader(PARTNER, isAuthentic) }, text),
    /** Changes the record, or deletes it, as nothing in the service does. */
    byHand: async (after: Refund | undefined) => {
      const before = it.record(NUMBER);
      if (after) it.table.items.set(NUMBER, after);
      else it.table.items.delete(NUMBER);
      await tell(before);
    },
    story: async (): Promise<ToldStory> => {
      const story = await readHistory({ ...it.context(), history }, { no_refund: NUMBER });
      return JSON.parse(JSON.stringify(story));
    },
  };
}

/** A refund that was processing, and has succeeded. */
export async function ordinaryStory(): Promise<ToldStory> {
  const it = storyMaker({ apply: [answered(signedText({ sta_refund: '1', settle_date: undefined }))] });
  await it.apply();
  it.advance(2_000);
  await it.notify(signedText());
  return it.story();
}
