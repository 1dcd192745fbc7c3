import type { Store } from '../../shared/app/ports/store.ts';
import type { Refund } from '../../shared/domain/refund.ts';

/** An empty store under test, and what stops it. */
export interface StoreUnderTest {
  readonly store: Store;
  stop(): Promise<void>;
}

/** What the use cases expect of every store. The simulation's table passes it too. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} fulfils the store's contract`, () => {
    let opened: StoreUnderTest;
    let store: Store;
    let count = 0;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    }, 30_000);
    afterAll(() => opened?.stop());

    const fresh = (more: Partial<Refund> = {}): Refund => ({
      no_refund: `contract-${++count}`,
      kind: 'refund',
      status: 'REQUESTED',
      version: 1,
      money_refund: '200.10',
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-01T00:00:00.000Z',
      ...more,
    });
    const created = async (more: Partial<Refund> = {}) => {
      const refund = fresh(more);
      await store.create(refund);
      return refund;
    };

    test('get returns a created record with every field unchanged', async () => {
      const refund = fresh({
        attempts: 1,
        doubt: true,
        lease_until: 1_769_000_000_123,
        ret_msg: '交易成功',
        conflict: { first: { received_at: 'a', sta_refund: '2' }, latest: { received_at: 'b' } },
        task_token: undefined,
      });
      expect(await store.create(refund)).toMatchObject({ written: true });
      const { task_token: _absent, ...present } = refund;
      expect(await store.get(refund.no_refund)).toEqual(present);
    });

    test('an unused number has no record', async () => {
      expect(await store.get('never-used')).toBeUndefined();
    });

    test('a second create of a number changes nothing, and returns the existing record', async () => {
      const refund = await created();
      const second = await store.create({ ...refund, money_refund: '1.00' });
      expect(second).toEqual({ written: false, refund });
      expect(await store.get(refund.no_refund)).toEqual(refund);
    });

    test('one of many concurrent creates is written', async () => {
      const refund = fresh();
      const creates = Array.from({ length: 20 }, (_, attempt) =>
        store.create({ ...refund, attempts: attempt }),
      );
      expect((await Promise.all(creates)).filter(({ written }) => written)).toHaveLength(1);
    });

    test('an update sets, removes and counts, and returns the record before and after it', async () => {
      const refund = await created({ lease_until: 5, ret_code: '9999' });
      const written = await store.update(
        refund.no_refund,
        { status: ['REQUESTED'] },
        { status: 'PROCESSING', sta_refund: '1', lease_until: undefined, ret_code: undefined },
        ['version', 'conflicts'],
      );
      const { lease_until: _gone, ret_code: _too, ...kept } = refund;
      const after = { ...kept, status: 'PROCESSING', sta_refund: '1', version: 2, conflicts: 1 };
      expect(written).toEqual({ written: true, refund: after, before: refund });
      expect(await store.get(refund.no_refund)).toEqual(after);
    });

    test('an update may remove a field that is missing', async () => {
      const refund = await created();
      await store.update(refund.no_refund, {}, { lease_until: undefined, sta_refund: '0' });
      expect(await store.get(refund.no_refund)).toEqual({ ...refund, sta_refund: '0' });
    });

    const conditions: [what: string, expected: Parameters<Store['update']>[1], holds: boolean][] = [
      ['one of several values', { status: ['PROCESSING', 'REQUESTED'] }, true],
      ['none of the values', { status: ['PROCESSING', 'REJECTED'] }, false],
      ['a number', { attempts: [1] }, true],
      ['another number', { attempts: [2] }, false],
      ['a value, or nothing, where it is there', { money_refund: [undefined, '200.10'] }, true],
      ['another value, or nothing', { money_refund: [undefined, '200.11'] }, false],
      ['a value, or nothing, where nothing is', { oid_refundno: [undefined, '1'] }, true],
      ['nothing, where nothing is', { oid_refundno: [undefined] }, true],
      ['nothing, where something is', { money_refund: [undefined] }, false],
      ['a value, where nothing is', { oid_refundno: ['1'] }, false],
      ['two conditions that hold', { status: ['REQUESTED'], attempts: [1] }, true],
      ['two of which one fails', { status: ['REQUESTED'], attempts: [3] }, false],
      ['nothing in particular', {}, true],
    ];
    test.each(conditions)('an update that expects %s', async (_what, expected, holds) => {
      const refund = await created({ attempts: 1 });
      const written = await store.update(refund.no_refund, expected, { sta_refund: '1' }, ['version']);
      const after = holds ? { ...refund, sta_refund: '1', version: 2 } : refund;
      expect(written).toMatchObject({ written: holds, refund: after });
      expect(await store.get(refund.no_refund)).toEqual(after);
    });

    test('an update of a missing record creates none', async () => {
      const written = await store.update('not-there', {}, { status: 'FAILED' });
      expect(written).toEqual({ written: false, refund: undefined });
      expect(await store.get('not-there')).toBeUndefined();
    });

    test('one of many concurrent updates with the same condition is written', async () => {
      const refund = await created({ attempt_id: 'a' });
      const updates = Array.from({ length: 20 }, (_, other) =>
        store.update(refund.no_refund, { attempt_id: ['a'] }, { attempt_id: `b${other}` }),
      );
      expect((await Promise.all(updates)).filter(({ written }) => written)).toHaveLength(1);
    });

    test('due lists the due refunds of a shard, the longest due first, page by page', async () => {
      const shard = '7';
      for (const next_check_at of [50, 30, 40, 10, 20, 99])
        await created({ shard, next_check_at, check_wait: 1 });
      await created({ shard: '6', next_check_at: 1, check_wait: 1 });
      const gone = await created({ shard, next_check_at: 5, check_wait: 1 });
      await store.update(gone.no_refund, {}, { shard: undefined, next_check_at: undefined });

      const first = await store.due(shard, 50, 3);
      expect(first.map(({ next_check_at }) => next_check_at)).toEqual([10, 20, 30]);
      const rest = await store.due(shard, 50, 3, first.at(-1));
      expect(rest.map(({ next_check_at }) => next_check_at)).toEqual([40, 50]);
      expect(rest[0]).toMatchObject({ shard, check_wait: 1, no_refund: expect.any(String) });
    });

    test('countDue counts the due refunds of a shard', async () => {
      const shard = `count-${name}`;
      for (const next_check_at of [10, 20, 20, 30, 51]) await created({ shard, next_check_at });
      expect(await store.countDue(shard, 50)).toBe(4);
      expect(await store.countDue(`${shard}-other`, 50)).toBe(0);
    });
  });
}
