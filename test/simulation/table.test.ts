import { storeContract } from '../store/store-contract.ts';
import { Table } from './table.ts';

// What the simulation shows is worth as much as its table is like the real one.
storeContract('the simulated table', async () => {
  const table = new Table(
    () => 0,
    () => undefined,
  );
  return {
    store: {
      get: async (noRefund) => table.items.get(noRefund),
      create: async (refund) => table.create(refund),
      update: async (noRefund, expected, changes, counted = []) =>
        table.update(noRefund, expected, changes, counted),
      due: async (shard, nowMs, limit, after) => table.due(shard, nowMs, limit, after, 0),
      countDue: async (shard, nowMs) => table.countDue(shard, nowMs, 0),
    },
    stop: async () => undefined,
  };
});
