import type { Lists, Part, Place } from '../../shared/app/ports/lists.ts';
import type { Refund } from '../../shared/domain/refund.ts';

/** Empty lists under test, how a record gets into them, and what stops them. */
export interface ListsUnderTest {
  readonly lists: Lists;
  put(refund: Refund): Promise<unknown>;
  stop(): Promise<void>;
}

const second = (at: number) => `2026-01-05T00:00:${String(at).padStart(2, '0')}.000Z`;

/** What the lists' use case expects of every implementation. The fake of its tests passes it too. */
export function listsContract(name: string, open: () => Promise<ListsUnderTest>): void {
  describe(`${name} fulfils the lists' contract`, () => {
    let opened: ListsUnderTest;
    let count = 0;

    beforeAll(async () => {
      opened = await open();
    }, 30_000);
    afterAll(() => opened?.stop());

    const put = async (created_at: string, more: Partial<Refund>) => {
      const refund: Refund = {
        no_refund: `listed-${++count}`,
        kind: 'refund',
        status: 'REQUESTED',
        version: 1,
        created_at,
        updated_at: created_at,
        ...more,
      };
      await opened.put(refund);
      return refund;
    };
    const numbers = (refunds: Pick<Refund, 'no_refund'>[]) => refunds.map(({ no_refund }) => no_refund);

    test.each(['no_order', 'oid_paybill', 'day_shard', 'attention', 'in_conflict'] as const)(
      'places of one %s, oldest first, page by page',
      async (field) => {
        const value = { attention: 'denied', in_conflict: 'yes' }[field as string] ?? `the-${field}`;
        const other = field === 'attention' ? 'duplicate_not_found' : 'another';
        const put3 = [];
        for (const at of [3, 1, 2]) put3.push(await put(second(at), { [field]: value }));
        await put(second(0), field === 'in_conflict' ? {} : { [field]: other });
        const [third, first, middle] = put3 as [Refund, Refund, Refund];

        const part: Part = { field, value };
        const page = await opened.lists.places(part, 2);
        expect(page).toEqual([first, middle].map(({ created_at, no_refund }) => ({ created_at, no_refund })));
        expect(numbers(await opened.lists.places(part, 2, page[1]))).toEqual([third.no_refund]);
        expect(numbers(await opened.lists.places(part, 3))).toHaveLength(3);
        expect(await opened.lists.places(part, 2, third)).toEqual([]);
      },
    );

    test('places of one moment each come once, page by page', async () => {
      const part: Part = { field: 'no_order', value: 'ties' };
      const all: string[] = [];
      for (let at = 0; at < 7; at += 1) all.push((await put(second(30), { no_order: 'ties' })).no_refund);
      const read: Place[] = [];
      for (;;) {
        const page = await opened.lists.places(part, 2, read.at(-1));
        read.push(...page);
        if (page.length < 2) break;
      }
      expect(numbers(read).sort()).toEqual(all.sort());
    });

    test('a page goes on after a place that is in the index no more, or never was', async () => {
      await put(second(10), { no_order: 'gone' });
      await put(second(20), { no_order: 'gone' });
      const part: Part = { field: 'no_order', value: 'gone' };
      const never = { created_at: second(15), no_refund: 'never' };
      expect(await opened.lists.places(part, 9, never)).toEqual([
        { created_at: second(20), no_refund: expect.any(String) },
      ]);
    });

    test('a part without refunds has no places', async () => {
      expect(await opened.lists.places({ field: 'oid_paybill', value: 'nobody' }, 5)).toEqual([]);
    });

    test('unfinished has what is in a shard, with its age', async () => {
      const due = { shard: '5', next_check_at: 9, check_wait: 1 };
      const put2 = [await put(second(40), due), await put(second(39), { ...due, next_check_at: 8 })];
      await put(second(41), { ...due, shard: '6' });
      await put(second(42), {});
      const read: Place[] = [];
      for await (const places of opened.lists.unfinished('5')) read.push(...places);
      const expected = put2.map(({ created_at, no_refund }) => ({ created_at, no_refund }));
      expect(read).toHaveLength(2);
      expect(read).toEqual(expect.arrayContaining(expected));
    });

    test('records returns up to 100 records, and leaves out numbers without one', async () => {
      const all: Refund[] = [];
      for (let at = 0; at < 99; at += 1) all.push(await put(second(50), { attempts: at }));
      const read = await opened.lists.records([...numbers(all), 'without-a-record']);
      expect(read).toHaveLength(99);
      expect(read).toEqual(expect.arrayContaining(all));
    });
  });
}
