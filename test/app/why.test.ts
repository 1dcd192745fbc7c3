import { viewOf } from '../../shared/domain/refund-view.ts';
import { DAY_MS, harness, inDoubt, notFound, rejected, verified } from './use-case-harness.ts';

type Scene = ReturnType<typeof harness>;

const duplicate = { type: 'duplicate', ret_code: '1002', ret_msg: '重复' } as const;
const view = (it: Scene) => viewOf(it.record());

describe('the last problem', () => {
  test.each([
    ['no answer', inDoubt, { doing: 'applying', reason: 'no answer' }],
    [
      'a code that proves nothing',
      { type: 'in-doubt', reason: 'return code 9999', ret_code: '9999', ret_msg: '系统异常' },
      { doing: 'applying', reason: 'return code 9999', ret_code: '9999', ret_msg: '系统异常' },
    ],
    ['too little time', { type: 'not-sent' }, { doing: 'applying', reason: expect.stringMatching(/time/) }],
    ['a duplicate', duplicate, { doing: 'querying', reason: 'no answer' }],
    [
      'an incomplete message',
      verified({ sta_refund: undefined }),
      { doing: 'applying', reason: expect.stringMatching(/lacks/) },
    ],
  ] as const)('is kept with the refund: %s', async (_what, answer, problem) => {
    const it = harness({ apply: [answer] });
    await it.apply();
    expect(view(it).last_problem).toMatchObject({ at: '2026-01-05T00:00:00.000Z', ...problem });
  });

  test('is the latest one, also of a query', async () => {
    const it = harness({ query: [{ type: 'in-doubt', reason: 'the signature does not verify' }] });
    await it.apply();
    await it.reconcileIn(900_000);
    expect(view(it)).toMatchObject({
      attempts: 1,
      last_attempt_at: '2026-01-05T00:00:00.000Z',
      next_check_at: '2026-01-05T00:45:00.000Z',
      last_problem: {
        at: '2026-01-05T00:15:00.000Z',
        doing: 'querying',
        reason: 'the signature does not verify',
      },
    });
  });

  test('rides on a write that happens anyway', async () => {
    const it = harness();
    let writes = 0;
    const { update } = it.store;
    it.store.update = (...of) => {
      writes += 1;
      return update(...of);
    };
    await it.apply();
    expect(writes).toBe(1);
  });

  test.each([
    ['a verified status', async (it: Scene) => it.notify({ sta_refund: '1' })],
    ['a rejection that is believed', async (it: Scene) => it.apply().catch(() => {})],
  ])('is gone after %s', async (_what, act) => {
    const it = harness({ apply: [rejected, inDoubt, rejected], query: [notFound] });
    await expect(it.apply()).rejects.toThrow();
    await it.apply();
    expect(view(it)).toHaveProperty('last_problem');
    it.advance(900_000);
    await act(it);
    if (it.record().status !== 'REQUESTED') expect(view(it)).not.toHaveProperty('last_problem');
    else expect(view(it).last_problem).toMatchObject({ reason: expect.stringMatching(/rejection/) });
  });

  test('keeps the record within its bounds, however long the reason is', async () => {
    const it = harness({ apply: [{ type: 'in-doubt', reason: 'x'.repeat(500), ret_msg: '款'.repeat(100) }] });
    await it.apply();
    expect(JSON.stringify(it.record().last_problem).length).toBeLessThan(290);
  });
});

describe('what needs attention', () => {
  test('a conflict', async () => {
    const it = harness();
    await it.apply();
    await it.notify({ sta_refund: '2', money_refund: '1.00' });
    expect(view(it)).toMatchObject({ needs_attention: 'conflict', what_to_do: expect.any(String) });
  });

  test('a refund that a verified message is about and that the gateway denies, until a status comes', async () => {
    const it = harness({ query: [notFound] });
    await it.apply();
    await it.notify({ money_refund: undefined });
    await it.reconcileIn(900_000);
    expect(view(it)).toMatchObject({ needs_attention: 'denied' });
    await it.notify({ sta_refund: '1' });
    expect(view(it)).not.toHaveProperty('needs_attention');
    await it.reconcileIn(900_000);
    expect(view(it)).toMatchObject({ status: 'PROCESSING', needs_attention: 'denied' });
    const before = it.record();
    await it.reconcileIn(DAY_MS);
    expect(it.record()).toMatchObject({ attention: before.attention, version: before.version });
  });

  test('a refund that is too old to be sent again, until somebody applies for it', async () => {
    const it = harness({ query: [notFound, inDoubt] });
    await it.apply();
    await it.reconcileIn(2 * DAY_MS);
    expect(view(it)).toMatchObject({ needs_attention: 'too_old_to_resend' });
    await it.apply();
    expect(view(it)).not.toHaveProperty('needs_attention');
  });

  test('a duplicate that is not found, until the refund is found', async () => {
    const it = harness({ apply: [duplicate], query: [notFound, verified({ sta_refund: '2' })] });
    await it.apply();
    expect(view(it)).toMatchObject({ needs_attention: 'duplicate_not_found', status: 'REQUESTED' });
    await it.reconcileIn(900_000);
    expect(view(it)).toMatchObject({ status: 'SUCCEEDED' });
    expect(view(it)).not.toHaveProperty('needs_attention');
  });
});

test('a rejection ends what needed attention', async () => {
  const it = harness({ apply: [inDoubt, rejected], query: [notFound] });
  await it.apply();
  await it.reconcileIn(900_000);
  await it.notify({ money_refund: undefined });
  await it.reconcileIn(3_600_000);
  expect(view(it)).toMatchObject({ status: 'REQUESTED', needs_attention: 'denied' });
  // As a person lets it go on, by the command of docs/operations.md.
  const { unsettled, ...settled } = it.record();
  it.table.items.set('1', settled);
  await it.reconcileIn(4 * 3_600_000);
  expect(view(it)).toMatchObject({ status: 'REJECTED' });
  expect(view(it)).not.toHaveProperty('needs_attention');
});

describe("the caller's own words", () => {
  const own = { reference: '工单-7', reason: '客户退货 🙂', requested_by: '王小明' };

  test('are kept as first given, shown, and no part of what makes two requests the same', async () => {
    const it = harness({ apply: [verified({ sta_refund: '1' })] });
    await it.apply(own);
    expect(view(it)).toMatchObject(own);
    await it.apply({ reference: 'another', reason: 'another' });
    await it.apply();
    expect(view(it)).toMatchObject(own);
    expect(it.sent).toHaveLength(1);
  });

  test('are in no line of the log', async () => {
    const it = harness({ apply: [verified({ sta_refund: '2' })] });
    await it.apply(own);
    for (const words of Object.values(own)) expect(JSON.stringify(it.lines)).not.toContain(words);
  });
});
