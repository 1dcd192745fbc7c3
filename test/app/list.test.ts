import { listRefunds } from '../../shared/app/list.ts';
import { dayShardOf, shardOf } from '../../shared/app/schedule.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { FakeLists } from './fake-lists.ts';

const DAY = Date.UTC(2026, 0, 5);

const refund = (no_refund: string, atMs: number, more: Partial<Refund> = {}): Refund => ({
  no_refund,
  kind: 'refund',
  status: 'SUCCEEDED',
  version: 1,
  money_refund: '1.00',
  created_at: new Date(DAY + atMs).toISOString(),
  updated_at: new Date(DAY + atMs).toISOString(),
  day_shard: dayShardOf(no_refund, DAY + atMs),
  ...more,
});

/** One of the index of due refunds. */
const due = (no_refund: string, atMs: number, more: Partial<Refund> = {}) =>
  refund(no_refund, atMs, { status: 'PROCESSING', shard: shardOf(no_refund), next_check_at: 1, ...more });

const numbered = (count: number, make: (at: number) => Refund) =>
  Array.from({ length: count }, (_, at) => make(at));

function lists(...refunds: Refund[]) {
  const fake = new FakeLists();
  fake.put(...refunds);
  let nowMs = DAY;
  const ctx = { lists: fake, clock: { nowMs: () => nowMs }, deadlineMs: DAY + 20_000 };
  const page = (input: object) => listRefunds(ctx, input);
  /** Every page of a list. */
  const pages = async (input: object) => {
    const all = [await page(input)];
    for (let next = all[0]?.next; next; next = all.at(-1)?.next) all.push(await page({ ...input, next }));
    return all;
  };
  return {
    fake,
    page,
    pages,
    numbers: async (input: object) =>
      (await pages(input)).map(({ refunds }) => refunds.map(({ no_refund }) => no_refund)),
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

const problemsOf = async (work: Promise<unknown>): Promise<{ path: string; message: string }[]> => {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ name: 'InvalidRequest' });
  return error.details.issues;
};

describe('an order', () => {
  const order = numbered(7, (at) => refund(`r-${at}`, at, { no_order: 'o', oid_paybill: 'p' }));

  test.each([{ no_order: 'o' }, { oid_paybill: 'p' }])(
    '%j: every refund once, oldest first',
    async (input) => {
      const it = lists(...order, refund('other', 0, { no_order: 'o2', oid_paybill: 'p2' }));
      expect(await it.numbers({ ...input, limit: 3 })).toEqual([
        ['r-0', 'r-1', 'r-2'],
        ['r-3', 'r-4', 'r-5'],
        ['r-6'],
      ]);
    },
  );

  test('a last page that is full says so', async () => {
    const it = lists(...order);
    expect(await it.numbers({ no_order: 'o', limit: 7 })).toHaveLength(1);
    expect((await it.numbers({ no_order: 'o', limit: 1 })).map(({ length }) => length)).toEqual(
      Array(7).fill(1),
    );
  });

  test('the limit may change from page to page', async () => {
    const it = lists(...order);
    const { next } = await it.page({ no_order: 'o', limit: 2 });
    const { refunds } = await it.page({ no_order: 'o', limit: '4', next });
    expect(refunds.map(({ no_refund }) => no_refund)).toEqual(['r-2', 'r-3', 'r-4', 'r-5']);
  });

  test('its totals are on the last page, over all pages, in exact yuan', async () => {
    const statuses = ['SUCCEEDED', 'REQUESTED', 'INITIALIZED', 'PROCESSING', 'FAILED', 'REJECTED'] as const;
    const many = numbered(60, (at) =>
      refund(`r-${at}`, at, {
        no_order: 'o',
        status: statuses[at % 6] ?? 'FAILED',
        money_refund: `${at}.29`,
      }),
    );
    const it = lists(...many);
    // In fen: 10 refunds of each status.
    const sum = (index: number) =>
      many.filter((_, at) => at % 6 === index).reduce((fen, _, at) => fen + (at * 6 + index) * 100 + 29, 0);
    const yuan = (fen: number) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
    const totals = {
      succeeded: yuan(sum(0)),
      open: yuan(sum(1) + sum(2) + sum(3)),
      failed: yuan(sum(4)),
      rejected: yuan(sum(5)),
    };
    for (const limit of [7, 59, 60, 100]) {
      const pages = await it.pages({ no_order: 'o', limit });
      expect(pages.map((page) => page.totals)).toEqual([...Array(pages.length - 1).fill(undefined), totals]);
    }
  });

  test('totals are exact where a number would not be', async () => {
    const huge = numbered(3, (at) =>
      refund(`r-${at}`, at, { no_order: 'o', money_refund: '90071992547409.93' }),
    );
    expect((await lists(...huge).page({ no_order: 'o' })).totals?.succeeded).toBe('270215977642229.79');
  });

  test('an order without refunds has an empty page, and totals of nothing', async () => {
    const nothing = { succeeded: '0.00', open: '0.00', failed: '0.00', rejected: '0.00' };
    expect(await lists().page({ no_order: 'nobody' })).toEqual({ refunds: [], totals: nothing });
  });

  test('a place without a record is left out', async () => {
    const it = lists(...order);
    it.fake.stored.delete('r-1');
    expect(await it.numbers({ no_order: 'o', limit: 3 })).toEqual([
      ['r-0', 'r-2', 'r-3'],
      ['r-4', 'r-5', 'r-6'],
    ]);
  });

  test('records are shown as they stand, and counted so', async () => {
    const it = lists(...order);
    it.fake.stored.set('r-0', { ...(order[0] as Refund), status: 'FAILED' });
    const { refunds, totals } = await it.page({ no_order: 'o' });
    expect(refunds[0]).toMatchObject({ status: 'FAILED' });
    expect(totals).toMatchObject({ succeeded: '6.00', failed: '1.00' });
  });

  test('a page reads one record more than it has, to know whether there are more', async () => {
    const it = lists(...numbered(300, (at) => refund(`r-${at}`, at, { no_order: 'o' })));
    await it.page({ no_order: 'o', limit: 50 });
    expect(it.fake.calls).toEqual([
      { read: 'places', part: { field: 'no_order', value: 'o' }, limit: 51 },
      { read: 'records', count: 51 },
    ]);
  });
});

describe('a day', () => {
  test('has its refunds in UTC+8 once each, oldest first, however they are spread', async () => {
    const hour = 3_600_000;
    const before = refund('before', -8 * hour - 1);
    const after = refund('after', 16 * hour);
    const first = refund('first', -8 * hour);
    const last = refund('last', 16 * hour - 1);
    // Forty at each of five moments: no page ends between two moments.
    const ties = numbered(200, (at) => refund(`t-${at}`, Math.floor(at / 40)));
    const it = lists(before, after, last, ...ties, first);
    for (const limit of [1, 7, 50, 100]) {
      const pages = await it.numbers({ day: '20260105', limit });
      expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
      const all = pages.flat();
      expect(new Set(all).size).toBe(202);
      expect(all).toHaveLength(202);
      expect([all[0], all.at(-1)]).toEqual(['first', 'last']);
      const moments = all.map((number) => it.fake.stored.get(number)?.created_at ?? '');
      expect(moments).toEqual([...moments].sort());
    }
  });

  test('a status narrows it by the records, and pages stay even', async () => {
    const it = lists(
      ...numbered(120, (at) => refund(`r-${at}`, at, { status: at % 4 ? 'SUCCEEDED' : 'FAILED' })),
    );
    const pages = await it.numbers({ day: '20260105', status: 'FAILED', limit: 7 });
    expect(pages.map(({ length }) => length)).toEqual([7, 7, 7, 7, 2]);
    expect(pages.flat()).toEqual(
      numbered(30, (at) => refund(`r-${at * 4}`, 0)).map(({ no_refund }) => no_refund),
    );
    expect(await it.numbers({ day: '20260105', status: 'REJECTED' })).toEqual([[]]);
  });

  test('the fewer have the status, the more records are read at once', async () => {
    const it = lists(
      ...numbered(1_000, (at) => refund(`r-${at}`, at, { status: at === 999 ? 'FAILED' : 'SUCCEEDED' })),
    );
    expect(await it.numbers({ day: '20260105', status: 'FAILED', limit: 1 })).toEqual([['r-999']]);
    expect(it.fake.calls.filter(({ read }) => read === 'records').length).toBeLessThan(17);
  });

  test('where few have the status, a page may be short, and the next one goes on', async () => {
    const status = (at: number) => (at === 4_999 ? 'FAILED' : 'SUCCEEDED');
    const it = lists(...numbered(5_000, (at) => refund(`r-${at}`, at, { status: status(at) })));
    const pages = await it.numbers({ day: '20260105', status: 'FAILED' });
    expect(pages.flat()).toEqual(['r-4999']);
    expect(pages.length).toBeGreaterThan(1);
    const reads = it.fake.calls.filter(({ read }) => read === 'records').length;
    expect(reads / pages.length).toBeLessThanOrEqual(20);
  });

  test('with little time left the page is short too', async () => {
    const it = lists(...numbered(500, (at) => refund(`r-${at}`, at)));
    it.fake.onRead = () => it.advance(2_000);
    const { refunds, next } = await it.page({ day: '20260105', status: 'FAILED' });
    expect(refunds).toEqual([]);
    expect(next).toEqual(expect.any(String));
    expect(it.fake.calls.filter(({ read }) => read === 'records').length).toBeLessThan(4);
  });

  test('a page that is nearly full goes on without handing anything out twice', async () => {
    const it = lists(
      ...numbered(400, (at) => refund(`r-${at}`, at, { status: at % 2 ? 'SUCCEEDED' : 'FAILED' })),
    );
    const all = (await it.numbers({ day: '20260105', status: 'SUCCEEDED', limit: 100 })).flat();
    expect(all).toEqual(
      numbered(200, (at) => refund(`r-${at * 2 + 1}`, 0)).map(({ no_refund }) => no_refund),
    );
  });

  test('refunds that come meanwhile are on a later page', async () => {
    const it = lists(...numbered(10, (at) => refund(`r-${at}`, at)));
    const { next } = await it.page({ day: '20260105', limit: 6 });
    it.fake.put(refund('new', 99));
    const { refunds } = await it.page({ day: '20260105', limit: 6, next });
    expect(refunds.map(({ no_refund }) => no_refund)).toEqual(['r-6', 'r-7', 'r-8', 'r-9', 'new']);
  });
});

describe('open refunds', () => {
  test('are listed oldest first, and a rejected one that is watched is not', async () => {
    const open = numbered(30, (at) =>
      due(`r-${(at * 7) % 30}`, (at * 7) % 30, { status: at % 2 ? 'REQUESTED' : 'INITIALIZED' }),
    );
    const watched = numbered(25, (at) => due(`watched-${at}`, at, { status: 'REJECTED' }));
    const it = lists(...open, ...watched, refund('done', 0));
    const pages = await it.numbers({ open: true, limit: 10 });
    expect(pages.map(({ length }) => length)).toEqual([10, 10, 10]);
    expect(pages.flat()).toEqual(numbered(30, (at) => due(`r-${at}`, 0)).map(({ no_refund }) => no_refund));
  });

  test('one that has ended since the index saw it is left out', async () => {
    const it = lists(due('r-1', 1), due('r-2', 2));
    it.fake.stored.set('r-1', refund('r-1', 1));
    expect(await it.numbers({ open: 'true' })).toEqual([['r-2']]);
  });

  test('of one moment each comes once, page by page', async () => {
    const it = lists(...numbered(40, (at) => due(`r-${at}`, 0)));
    for (const limit of [1, 9]) {
      const all = (await it.numbers({ open: true, limit })).flat();
      expect(all).toHaveLength(40);
      expect(new Set(all).size).toBe(40);
    }
  });

  test('more than one reading keeps are all listed, though the oldest are all watched', async () => {
    const watched = numbered(1_200, (at) => due(`w-${at}`, at, { status: 'REJECTED' }));
    const open = numbered(120, (at) => due(`r-${at}`, 2_000 + at));
    const it = lists(...watched, ...open);
    expect((await it.numbers({ open: true })).flat()).toEqual(open.map(({ no_refund }) => no_refund));
  });

  test('where many are watched, the index is read again from where the first reading ended', async () => {
    const watched = numbered(600, (at) => due(`w-${at}`, 10 + at, { status: 'REJECTED' }));
    const open = [
      ...numbered(10, (at) => due(`r-${at}`, at)),
      ...numbered(10, (at) => due(`s-${at}`, 1_000 + at)),
    ];
    const pages = await lists(...watched, ...open).numbers({ open: true });
    expect(pages).toEqual([open.map(({ no_refund }) => no_refund)]);
  });

  test('the whole index is read once for a page of few', async () => {
    const it = lists(...numbered(200, (at) => due(`r-${at}`, at)));
    await it.page({ open: true });
    expect(it.fake.calls).toEqual([...Array(8).fill({ read: 'unfinished' }), { read: 'records', count: 51 }]);
  });

  test('a refund that the index shows twice, since its check was postponed meanwhile, comes once', async () => {
    const it = lists(due('r-1', 1), due('r-2', 2));
    const { unfinished } = it.fake;
    it.fake.unfinished = async function* (shard) {
      yield* unfinished.call(it.fake, shard);
      yield* unfinished.call(it.fake, shard);
    };
    expect(await it.numbers({ open: true })).toEqual([['r-1', 'r-2']]);
  });
});

describe('refunds that need attention', () => {
  const conflict = { first: { received_at: 'a' }, latest: { received_at: 'a' } };
  const inConflict = { conflict, in_conflict: 'yes' } as const;

  test('are those with an attention of any kind or a conflict, each once, oldest first', async () => {
    const kinds: Partial<Refund>[] = [
      { attention: 'denied' },
      { attention: 'too_old_to_resend', ...inConflict },
      inConflict,
      { attention: 'duplicate_not_found' },
      { attention: 'too_old_to_resend' },
    ];
    const it = lists(...numbered(25, (at) => due(`r-${at}`, at, kinds[at % 5])), refund('fine', 0));
    for (const limit of [1, 4, 25]) {
      const pages = await it.numbers({ attention: true, limit });
      expect(pages.flat()).toEqual(numbered(25, (at) => due(`r-${at}`, 0)).map(({ no_refund }) => no_refund));
    }
  });

  test('one that needs none any more is left out, and one of another kind comes once', async () => {
    const it = lists(due('r-1', 1, { attention: 'denied' }), due('r-2', 2, { attention: 'denied' }));
    it.fake.stored.set('r-1', due('r-1', 1));
    it.fake.stored.set('r-2', due('r-2', 2, { attention: 'too_old_to_resend' }));
    it.fake.indexed.set('r-3', due('r-2', 2, { attention: 'too_old_to_resend' }));
    expect(await it.numbers({ attention: 'true' })).toEqual([['r-2']]);
  });
});

describe('a next', () => {
  const it = lists(...numbered(9, (at) => refund(`r-${at}`, at, { no_order: 'o', attention: 'denied' })));
  const nextOf = async (input: object) => String((await it.page({ ...input, limit: 2 })).next);
  const content = (next: string) => JSON.parse(Buffer.from(next, 'base64url').toString());
  const packed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const order = { no_order: 'o' };

  test.each([
    [{ no_order: 'o' }, { no_order: 'o2' }],
    [{ no_order: 'o' }, { oid_paybill: 'o' }],
    [{ day: '20260105' }, { day: '20260106' }],
    [{ day: '20260105' }, { day: '20260105', status: 'SUCCEEDED' }],
    [{ day: '20260105', status: 'SUCCEEDED' }, { day: '20260105' }],
    [{ attention: true }, { open: true }],
  ])('of %j does not fit %j', async (of, other) => {
    const next = await nextOf(of);
    const [issue, ...others] = await problemsOf(it.page({ ...other, next }));
    expect(others).toEqual([]);
    expect(issue).toEqual({ path: 'next', message: expect.stringContaining('belongs to another list') });
  });

  test('that is malformed is told with every other fault', async () => {
    const issues = await problemsOf(it.page({ day: 'x', status: 'y', limit: 0, next: 'abc' }));
    expect(issues.map(({ path }) => path)).toEqual(['day', 'status', 'limit', 'next']);
  });

  test('that is fine is no fault where the others have faults', async () => {
    const issues = await problemsOf(it.page({ no_order: 'o', limit: 0, next: await nextOf(order) }));
    expect(issues.map(({ path }) => path)).toEqual(['limit']);
  });

  type Content = { list: string; after: unknown[]; sums: Record<string, unknown> };

  test.each<[string, (content: Content) => unknown]>([
    ['is nothing', () => null],
    ['is a text', () => 'next'],
    ['is a list', () => []],
    ['has no list', ({ list: _, ...rest }) => rest],
    ['has a list that is no text', (of) => ({ ...of, list: 5 })],
    ['has no places', ({ after: _, ...rest }) => rest],
    ['has places that are none', (of) => ({ ...of, after: 'x' })],
    ['has more places', (of) => ({ ...of, after: [...of.after, null] })],
    ['has fewer places', (of) => ({ ...of, after: [] })],
    ['has a place that is a text', (of) => ({ ...of, after: ['2026-01-05T00:00:00.000Z'] })],
    ['has a place that is too short', (of) => ({ ...of, after: [['2026-01-05T00:00:00.000Z']] })],
    ['has a place that is too long', (of) => ({ ...of, after: [['2026-01-05T00:00:00.000Z', 'r', 'r']] })],
    [
      'has an object for a place',
      (of) => ({ ...of, after: [{ 0: '2026-01-05T00:00:00.000Z', 1: 'r', length: 2 }] }),
    ],
    ['has another form of time', (of) => ({ ...of, after: [['2026-01-05', 'r']] })],
    ['has a number for a time', (of) => ({ ...of, after: [[5, 'r']] })],
    ['has no number', (of) => ({ ...of, after: [['2026-01-05T00:00:00.000Z', '']] })],
    [
      'has a number that is too long',
      (of) => ({ ...of, after: [['2026-01-05T00:00:00.000Z', 'x'.repeat(33)]] }),
    ],
    ['has half a character', (of) => ({ ...of, after: [['2026-01-05T00:00:00.000Z', '\ud800']] })],
    ['has an object for a number', (of) => ({ ...of, after: [['2026-01-05T00:00:00.000Z', {}]] })],
    ['has no sums', ({ sums: _, ...rest }) => rest],
    ['has sums that are none', (of) => ({ ...of, sums: null })],
    ['has a sum that is a number', (of) => ({ ...of, sums: { ...of.sums, open: 1 } })],
    ['has a sum that is negative', (of) => ({ ...of, sums: { ...of.sums, open: '-1' } })],
    ['has a sum with a fraction', (of) => ({ ...of, sums: { ...of.sums, open: '1.5' } })],
    ['lacks a sum', ({ sums: { open: _, ...sums }, ...rest }) => ({ ...rest, sums })],
    ['has another sum', (of) => ({ ...of, sums: { ...of.sums, more: '1' } })],
  ])('that %s is malformed', async (_what, changed) => {
    const tampered = packed(changed(content(await nextOf(order))));
    const issues = await problemsOf(it.page({ ...order, next: tampered }));
    expect(issues).toEqual([{ path: 'next', message: expect.stringContaining('must be the next of') }]);
  });

  test('with sums where the list has no totals is malformed', async () => {
    const { sums } = content(await nextOf(order));
    const next = packed({ ...content(await nextOf({ day: '20260105' })), sums });
    expect(await problemsOf(it.page({ day: '20260105', next }))).toMatchObject([{ path: 'next' }]);
  });

  test('of which any character is changed works or is malformed', async () => {
    const next = await nextOf(order);
    for (let at = 0; at < next.length; at += 1) {
      const tampered = `${next.slice(0, at)}${next[at] === 'A' ? 'B' : 'A'}${next.slice(at + 1)}`;
      const error = await it.page({ ...order, next: tampered }).catch((thrown) => thrown);
      if (error instanceof Error) expect(error.name).toBe('InvalidRequest');
    }
  });
});
