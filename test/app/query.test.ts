import { harness, inDoubt, notFound, verified } from './use-case-harness.ts';

const refresh = { no_refund: '1', refresh: true };

test.each([
  ['nothing', undefined, ['no_refund']],
  ['no number', {}, ['no_refund']],
  ['a number that is none', { no_refund: 7 }, ['no_refund']],
  ['a number that is too long', { no_refund: 'x'.repeat(33) }, ['no_refund']],
  ['a refresh in words', { no_refund: '1', refresh: 'yes' }, ['refresh']],
  ['an unknown field', { no_refund: '1', force: true }, ['force']],
  ['two numbers', { no_refund: ['1', '2'] }, ['no_refund']],
  ['a refresh that is given twice', { no_refund: '1', refresh: ['true', 'false'] }, ['refresh']],
  ['every fault at once', { no_refund: '', refresh: 1, force: true }, ['force', 'no_refund', 'refresh']],
])('a query with %s is invalid', async (_what, input, paths) => {
  const error = await harness()
    .query(input as object)
    .catch((thrown) => thrown);
  expect(error).toMatchObject({ name: 'InvalidRequest' });
  expect(error.details.issues.map(({ path }: { path: string }) => path)).toEqual(paths);
});

test('without a refresh the answer is the record, and the gateway is not queried', async () => {
  const it = harness();
  await it.apply();
  expect(await it.query({ no_refund: '1' })).toEqual({ refund: it.record() });
  expect(it.queried).toEqual([]);
});

test("a refresh settles the gateway's answer", async () => {
  const it = harness({ query: [verified({ sta_refund: '2' })] });
  await it.apply();
  expect(await it.query(refresh)).toMatchObject({ refreshed: true, refund: { status: 'SUCCEEDED' } });
});

test.each([
  ['the gateway does not know it', notFound, /does not know/],
  ['no answer comes', inDoubt, /no answer/],
  ['too little time is left', { type: 'not-sent' } as const, /time/],
  ['the answer says too little', verified({ sta_refund: undefined }), /lacks/],
])('a refresh reports the problem and leaves the record where %s', async (_what, answer, words) => {
  const it = harness({ query: [answer] });
  await it.apply();
  const { status, version } = it.record();
  const found = await it.query(refresh);
  expect(found).toMatchObject({ refreshed: false, refresh_problem: expect.stringMatching(words) });
  expect(found.refund).toMatchObject({ status, version });
});

test('a refresh reports unreachable keys, and an answer that cannot be recorded', async () => {
  const it = harness({ query: [verified({ sta_refund: '2' })] });
  await it.apply();
  it.setKeysReachable(false);
  expect(await it.query(refresh)).toMatchObject({
    refreshed: false,
    refresh_problem: expect.stringMatching(/keys/),
  });
  expect(it.metrics()).toContainEqual({ Failures: 1 });
  it.setKeysReachable(true);
  it.around.before = () => {
    throw new Error('out of reach');
  };
  expect(await it.query(refresh)).toMatchObject({
    refreshed: false,
    refresh_problem: expect.stringMatching(/recorded/),
    refund: { status: 'REQUESTED' },
  });
  expect(it.metrics()).toContainEqual({ UnrecordedMessages: 1, Failures: 1 });
});

test('a refund without a date cannot be queried', async () => {
  const it = harness();
  await it.notify({ sta_refund: '1' });
  expect(await it.query(refresh)).toMatchObject({
    refreshed: false,
    refresh_problem: expect.stringMatching(/date/),
  });
  expect(it.queried).toEqual([]);
});
