import { createPublicKey } from 'node:crypto';
import { readStory } from '../../cli/verify/read-story.ts';
import { verifyStory } from '../../cli/verify/verify-story.ts';
import { inDoubt, notFound, rejected } from '../app/use-case-harness.ts';
import {
  type Entry,
  gatewayKey,
  keys,
  ordinaryStory,
  signedText,
  storyMaker,
  type ToldStory,
} from './story-maker.ts';

const verdictOf = (story: ToldStory, under = [gatewayKey]) =>
  verifyStory(readStory([{ name: 'story', text: JSON.stringify(story) }]), under);

const faultsOf = (story: ToldStory, under = [gatewayKey]) =>
  verdictOf(story, under).faults.map(({ entry, what }) => `${entry}: ${what}`);

const codesOf = ({ entries }: ToldStory) => entries.map(({ code }) => code);

const incomplete = (overrides: Record<string, string | undefined> = {}) =>
  signedText({ money_refund: undefined, ...overrides });

const processing = signedText({ sta_refund: '1', settle_date: undefined });

type Maker = ReturnType<typeof storyMaker>;

async function inTurn(it: Maker, messages: string[]): Promise<void> {
  await it.apply();
  for (const message of messages) await it.notify(message);
}

describe('a story follows', () => {
  const restored = async (it: Maker) => {
    await it.apply();
    await it.notify(processing);
    const record = it.record('2013051500005');
    await it.byHand(undefined);
    await it.byHand(record);
    await it.notify(signedText());
  };
  test.each<[string, (it: Maker) => Promise<unknown>, string, string]>([
    ['of an external refund', (it) => it.notify(signedText()), 'refund.external', 'SUCCEEDED'],
    [
      'of an external refund whose first message is incomplete, the amount coming later',
      (it) => it.notify(incomplete()).then(() => it.notify(signedText())),
      'refund.succeeded',
      'SUCCEEDED',
    ],
    [
      'with another number of the gateway',
      (it) => inTurn(it, [signedText(), signedText({ oid_refundno: 'B2' })]),
      'message.conflict',
      'SUCCEEDED',
    ],
    [
      'with another end',
      (it) => inTurn(it, [signedText(), signedText({ sta_refund: '3' })]),
      'message.conflict',
      'SUCCEEDED',
    ],
    [
      'with a settlement against what an incomplete message claimed',
      (it) => inTurn(it, [incomplete({ sta_refund: '3' }), signedText()]),
      'message.conflict',
      'SUCCEEDED',
    ],
    [
      'with a number that comes late, against a claimed one',
      async (it) => {
        await it.apply();
        await it.notify(incomplete({ oid_refundno: 'B2', sta_refund: '1' }));
        await it.notify(signedText({ oid_refundno: undefined }));
        await it.notify(signedText());
        await it.notify(signedText({ oid_refundno: 'C3' }));
      },
      'message.conflict',
      'SUCCEEDED',
    ],
    [
      'with a message that completes the record',
      (it) => inTurn(it, [signedText({ settle_date: undefined }), signedText()]),
      'message.completes',
      'SUCCEEDED',
    ],
    [
      'with a later message that leaves out what an earlier one told',
      (it) => inTurn(it, [processing, signedText({ oid_refundno: undefined })]),
      'refund.succeeded',
      'SUCCEEDED',
    ],
    [
      'with a contradiction before its end',
      (it) => inTurn(it, [signedText({ money_refund: '1.00', oid_refundno: 'B2' }), signedText()]),
      'message.conflict',
      'SUCCEEDED',
    ],
    [
      'with a settlement date after a late number',
      (it) =>
        inTurn(it, [
          incomplete({ oid_refundno: 'B2', sta_refund: '1' }),
          signedText({ oid_refundno: undefined, settle_date: undefined }),
          signedText({ settle_date: undefined }),
          signedText(),
        ]),
      'message.completes',
      'SUCCEEDED',
    ],
    [
      'with another date in a message that is not accepting',
      async (it) => {
        await it.notify(signedText({ oid_refundno: undefined, dt_refund: undefined }));
        await it.notify(signedText({ ret_code: '5006', dt_refund: '20260106080000' }));
        await it.notify(signedText());
      },
      'message.completes',
      'SUCCEEDED',
    ],
    [
      'with claims of two incomplete messages',
      (it) =>
        inTurn(it, [
          incomplete({ sta_refund: '3', oid_refundno: undefined }),
          incomplete({ sta_refund: '1' }),
          signedText({ sta_refund: '3' }),
        ]),
      'message.incomplete',
      'FAILED',
    ],
    ['of a record that was deleted and restored', restored, 'record.deleted', 'SUCCEEDED'],
  ])('%s', async (_what, act, code, status) => {
    const it = storyMaker();
    await act(it);
    const story = await it.story();
    expect(codesOf(story)).toContain(code);
    expect(verdictOf(story)).toMatchObject({ faults: [], status });
  });

  test('of a refund that was rejected, applied for again, and paid', async () => {
    const it = storyMaker({ apply: [rejected, inDoubt], query: [notFound] });
    await it.apply().catch(() => {});
    await it.apply();
    await it.notify(signedText());
    const story = await it.story();
    expect(codesOf(story)).toEqual(
      expect.arrayContaining(['refund.rejected', 'refund.reapplied', 'refund.succeeded']),
    );
    expect(faultsOf(story)).toEqual([]);
  });

  test('of the ordinary refund, each entry with what was checked', async () => {
    const { entries, faults, ...verdict } = verdictOf(await ordinaryStory());
    expect(faults).toEqual([]);
    expect(verdict).toEqual({
      no_refund: '2013051500005',
      goesOn: false,
      status: 'SUCCEEDED',
      identity: { money_refund: '200.01', dt_refund: '20260105080000', oid_refundno: '2026010500000001' },
      partner: '201103171000000000',
      messages: 2,
    });
    expect(entries.map(({ checked }) => checked)).toEqual([
      [],
      [],
      expect.arrayContaining(['signature', 'REQUESTED to PROCESSING', 'the message says PROCESSING']),
      expect.arrayContaining(["the refund's money_refund, dt_refund, oid_refundno", 'settle_date']),
    ]);
  });
});

/** The message of an entry, changed. */
const reworded = (entry: Entry | undefined, change: (text: string) => string) => {
  if (entry?.message) entry.message.text = change(entry.message.text);
};

/** What the message of the ordinary story's end says. */
const DECISIVE_OF_SUCCESS = {
  sta_refund: '2',
  money_refund: '200.01',
  dt_refund: '20260105080000',
  oid_refundno: '2026010500000001',
  ret_code: '0000',
};

/** What is done to the ordinary story: 1 created, 2 sent, 3 processing, 4 succeeded. */
const tampered: [string, (entries: Entry[]) => unknown, string[]][] = [
  [
    'one byte of a message',
    (e) => reworded(e[3], (text) => text.replace('200.01', '200.02')),
    ['4: the signature of its message does not verify'],
  ],
  [
    'one byte of a signature',
    (e) => reworded(e[3], (text) => text.replace('"sign":"M', '"sign":"N')),
    ['4: the signature of its message does not verify'],
  ],
  [
    'a message of another refund',
    (e) => reworded(e[3], () => signedText({ no_refund: '7' })),
    ['4: its message is about refund 7, not about 2013051500005'],
  ],
  [
    'a message signed with another key',
    (e) => reworded(e[3], () => signedText({}, keys.untrusted.privateKey)),
    ['4: the signature of its message does not verify'],
  ],
  [
    'a message without a signature',
    (e) => reworded(e[3], (text) => text.replace(/,"sign":"[^"]+"/, '')),
    ['4: its message has no signature of the type RSA'],
  ],
  [
    'a message of another merchant',
    (e) => reworded(e[3], () => signedText({ oid_partner: '9' })),
    ['4: its message names merchant 9, and an earlier one 201103171000000000'],
  ],
  [
    'a message of another merchant, some entries later',
    (e) => {
      reworded(e[3], () => signedText({ oid_partner: '9' }));
      e.splice(3, 0, e[1] as Entry);
    },
    ['5: its message names merchant 9, and an earlier one 201103171000000000'],
  ],
  [
    'an incomplete message that is complete',
    (e) => e.push({ ...(e[3] as Entry), code: 'message.incomplete' }),
    ['5: its message says SUCCEEDED, and the entry does not tell that status'],
  ],
  [
    'a completion without a message',
    (e) => e.push({ ...(e[1] as Entry), code: 'message.completes' }),
    ['5: it has no message of the gateway'],
  ],
  [
    'a message without a merchant',
    (e) => reworded(e[3], () => signedText({ oid_partner: undefined })),
    ['4: its message names no merchant'],
  ],
  [
    'a field of another form',
    (e) => reworded(e[3], () => signedText({ settle_date: '20260231' })),
    ['4: settle_date of its message must be a real yyyyMMdd'],
  ],
  [
    'an ambiguous message',
    (e) => reworded(e[3], () => signedText({ more: 'a&b' })),
    ['4: its message has & or = where it makes the signed text ambiguous'],
  ],
  [
    'a field that is there twice',
    (e) => reworded(e[3], (text) => text.replace('{', '{"sta_refund":"3",')),
    ['4: its message has the field sta_refund twice'],
  ],
  [
    'a message that is no JSON',
    (e) => reworded(e[3], (text) => text.slice(1)),
    ['4: its message is not one flat JSON object'],
  ],
  ['a removed message', (e) => delete e[3]?.message, ['4: it has no message of the gateway']],
  [
    'a message that says another status',
    (e) => reworded(e[3], () => signedText({ sta_refund: '3' })),
    ['4: it says SUCCEEDED, and its message says FAILED', '4: it says sta_refund 2, and its message says 3'],
  ],
  [
    'a message without the amount',
    (e) => reworded(e[3], () => incomplete()),
    ['4: it says SUCCEEDED, and its message is incomplete: it has no money_refund'],
  ],
  [
    'a message without the status',
    (e) => reworded(e[2], () => signedText({ sta_refund: undefined, settle_date: undefined })),
    [
      '3: it says PROCESSING, and its message is incomplete: it has no sta_refund',
      '3: it says sta_refund 1, and no message does',
    ],
  ],
  [
    'a message with another code',
    (e) => reworded(e[3], () => signedText({ ret_code: '5006' })),
    ['4: it says SUCCEEDED, and its message is incomplete: its ret_code is 5006'],
  ],
  [
    'another amount',
    (e) => reworded(e[3], () => signedText({ money_refund: '1.00' })),
    ['4: its message says money_refund 1.00, and the story 200.01'],
  ],
  [
    'another amount of the application',
    (e) => Object.assign(e[0] ?? {}, { money_refund: '1.00' }),
    [
      '3: its message says money_refund 200.01, and the story 1.00',
      '4: its message says money_refund 200.01, and the story 1.00',
    ],
  ],
  [
    'another date',
    (e) => reworded(e[3], () => signedText({ dt_refund: '20260106080000' })),
    ['4: its message says dt_refund 20260106080000, and the story 20260105080000'],
  ],
  [
    'another number of the gateway',
    (e) => {
      reworded(e[3], () => signedText({ oid_refundno: 'B2' }));
      Object.assign(e[3] ?? {}, { oid_refundno: 'B2' });
    },
    ['4: its message says oid_refundno B2, and the story 2026010500000001'],
  ],
  [
    'a fact that differs',
    (e) => Object.assign(e[3] ?? {}, { oid_refundno: 'B2' }),
    ['4: it says oid_refundno B2, and its message says 2026010500000001'],
  ],
  [
    'a fact that is removed',
    (e) => delete e[3]?.settle_date,
    ['4: it lacks settle_date, and its message says 20260105'],
  ],
  [
    'a fact that no message says',
    (e) => Object.assign(e[3] ?? {}, { rate: '7.1' }),
    ['4: it says rate 7.1, and no message does'],
  ],
  [
    'a claim that no message makes',
    (e) => Object.assign(e[1] ?? {}, { claimed_oid_refundno: 'B2' }),
    ['2: it says claimed_oid_refundno B2, and no message does'],
  ],
  [
    'a status of another code',
    (e) => Object.assign(e[3] ?? {}, { status: 'FAILED' }),
    ['4: it says FAILED, and its code means SUCCEEDED'],
  ],
  [
    'a status in an entry that tells none',
    (e) => Object.assign(e[1] ?? {}, { status: 'SUCCEEDED' }),
    ['2: it says SUCCEEDED, and the story is at REQUESTED'],
  ],
  [
    'statuses out of order',
    (e) => e.push(...e.splice(2, 1)),
    [
      '3: it says that the refund was PROCESSING, and the story was at REQUESTED',
      '4: it says that the refund was REQUESTED, and the story was at SUCCEEDED',
    ],
  ],
  [
    'a status that goes back',
    (e) => e.push({ ...(e[2] as Entry), from: 'SUCCEEDED' }),
    ['5: SUCCEEDED never becomes PROCESSING'],
  ],
  [
    'a status that is missing',
    (e) => e.splice(2, 1),
    ['3: it says that the refund was PROCESSING, and the story was at REQUESTED'],
  ],
  [
    'a rejection after the end',
    (e) => e.push({ ...(e[1] as Entry), code: 'refund.rejected', from: 'SUCCEEDED', status: 'REJECTED' }),
    ['5: SUCCEEDED never becomes REJECTED'],
  ],
  ['a beginning that is missing', (e) => e.shift(), ['1: the story does not begin with this entry']],
  [
    'a second beginning',
    (e) => e.push(e[0] as Entry),
    ['5: the story has begun already, and is at SUCCEEDED'],
  ],
  [
    'a beginning at the end',
    (e) => Object.assign(e[0] ?? {}, { status: 'SUCCEEDED' }),
    [
      '1: a refund begins REQUESTED, not SUCCEEDED',
      '3: it says that the refund was REQUESTED, and the story was at SUCCEEDED',
    ],
  ],
  [
    'a hidden status',
    (e) => Object.assign(e[3] ?? {}, { code: 'message.completes', status: 'PROCESSING' }),
    ['4: its message says SUCCEEDED, and the entry does not tell that status'],
  ],
  [
    'a complete message called incomplete',
    (e) => Object.assign(e[2] ?? {}, { code: 'message.incomplete', status: 'REQUESTED' }),
    [
      '3: its message says PROCESSING, and the entry does not tell that status',
      '4: it says that the refund was PROCESSING, and the story was at REQUESTED',
    ],
  ],
  [
    'a made-up contradiction',
    (e) => e.push({ ...(e[1] as Entry), code: 'message.conflict', oid_refundno: 'B2' }),
    ['5: it tells of a contradiction, and no message says what it tells'],
  ],
  [
    'a contradiction without a word',
    (e) => e.push({ ...(e[1] as Entry), code: 'message.conflict' }),
    ['5: it tells of a contradiction, and no message says what it tells'],
  ],
  [
    'a contradiction that is none',
    (e) => e.push({ ...(e[1] as Entry), code: 'message.conflict', sta_refund: '2' }),
    ['5: it tells of a contradiction, and nothing contradicts it'],
  ],
  [
    'a conflict that nothing contradicts, with a message of its own',
    (e) => e.push({ ...(e[3] as Entry), code: 'message.conflict', ...DECISIVE_OF_SUCCESS }),
    ['5: it tells of a contradiction, and nothing contradicts it'],
  ],
  [
    'a message that contradicts the end, told as an addition',
    (e) => {
      const { message, at } = e[3] as Entry;
      e.push({ at, code: 'message.completes', text: '', message: { ...message } } as Entry);
      reworded(e[4], () => signedText({ sta_refund: '3' }));
    },
    [expect.stringContaining('5: its message says FAILED, which contradicts SUCCEEDED') as unknown as string],
  ],
  [
    'a message beside an entry that no message causes',
    (e) => Object.assign(e[1] as Entry, { message: (e[3] as Entry).message }),
    ['2: no message causes such an entry'],
  ],
  [
    'an added message about another amount',
    (e) => {
      const { message, at } = e[3] as Entry;
      e.push({ at, code: 'message.completes', text: '', message: { ...message } } as Entry);
      reworded(e[4], () => signedText({ money_refund: '1.00' }));
    },
    [expect.stringContaining('5: its message says money_refund 1.00') as unknown as string],
  ],
  ['every entry', (e) => e.splice(0), ['undefined: the story has no entries']],
];

describe('a story does not follow', () => {
  test.each(tampered)('with %s', async (_what, tamper, faults) => {
    const story = await ordinaryStory();
    tamper(story.entries);
    expect(faultsOf(story)).toEqual(faults);
  });

  test('with a contradiction that its own message does not tell', async () => {
    const it = storyMaker();
    await it.apply();
    for (const oid_refundno of ['A1', 'B2']) await it.notify(signedText({ oid_refundno }));
    const story = await it.story();
    reworded(story.entries.at(-1), () => signedText({ oid_refundno: 'C3' }));
    expect(faultsOf(story)).toEqual(['5: it tells of a contradiction, and no message says what it tells']);
  });

  test.each([
    [
      'status',
      (entry: Entry) => Object.assign(entry, { status: 'FAILED' }),
      '1: it says FAILED, and its message says SUCCEEDED',
    ],
    ['message', (entry: Entry) => delete entry.message, '1: it has no message of the gateway'],
    [
      'amount',
      (entry: Entry) => delete entry.money_refund,
      '1: it lacks money_refund, and its message says 200.01',
    ],
  ])('of an external refund with another %s', async (_what, tamper, fault) => {
    const it = storyMaker();
    await it.notify(signedText());
    const story = await it.story();
    tamper(story.entries[0] as Entry);
    expect(faultsOf(story)).toContain(fault);
  });

  test('under another key', async () => {
    const faults = faultsOf(await ordinaryStory(), [createPublicKey(keys.untrusted.publicKey)]);
    expect(faults).toEqual([3, 4].map((entry) => `${entry}: the signature of its message does not verify`));
  });
});

test('a changed character of a message is told, or changes nothing that the message says', async () => {
  const story = await ordinaryStory();
  const text = story.entries[3]?.message?.text ?? '';
  const untold = [...text].flatMap((character, index) => {
    const changed =
      text.slice(0, index) + (character === '7' ? '8' : '7') + text.slice(index + character.length);
    reworded(story.entries[3], () => changed);
    return faultsOf(story).length > 0 ? [] : [index];
  });
  // Of the last digit of the signature's base64 two bits mean nothing.
  expect(untold.filter((index) => index !== text.lastIndexOf('=') - 1)).toEqual([]);
});

test('one of several keys is enough: the gateway may have changed its key meanwhile', async () => {
  const story = await ordinaryStory();
  reworded(story.entries[3], () => signedText({}, keys.untrusted.privateKey));
  expect(faultsOf(story, [gatewayKey, createPublicKey(keys.untrusted.publicKey)])).toEqual([]);
});
