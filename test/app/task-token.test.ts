import { harness, rejected } from './use-case-harness.ts';

test('a newer token replaces the stored one, also after the end', async () => {
  const it = harness();
  await it.apply({ task_token: 'one' });
  it.advance(1);
  await it.apply({ task_token: 'two' });
  expect(it.record()).toMatchObject({ task_token: 'two' });
  await it.notify({ sta_refund: '2' });
  it.advance(1);
  await it.apply({ task_token: 'three' });
  expect(it.record()).toMatchObject({ task_token: 'three', status: 'SUCCEEDED' });
});

test('an application without a token keeps the stored one', async () => {
  const it = harness();
  await it.apply({ task_token: 'one' });
  await it.apply();
  expect(it.record()).toMatchObject({ task_token: 'one' });
});

/** Applies while other writes come between the application's first write and the write of its token. */
function meanwhile(it: ReturnType<typeof harness>, ...tokens: string[]): void {
  it.around.before = () => {
    it.around.before = () => {
      for (const task_token of tokens) it.table.update('1', {}, { task_token }, ['task_tokens']);
    };
  };
}

test('a retried write of a token, whose answer was lost, does not replace a newer token', async () => {
  const it = harness();
  await it.apply({ task_token: 'zero' });
  // The write of `one` has taken effect, but its answer was lost; then `two` was written.
  meanwhile(it, 'one', 'two');
  await it.apply({ task_token: 'one' });
  expect(it.record()).toMatchObject({ task_token: 'two', task_tokens: 3 });
});

test('a retried write of a token, whose answer was lost, recognizes its own write', async () => {
  const it = harness();
  await it.apply({ task_token: 'zero' });
  meanwhile(it, 'one');
  await it.apply({ task_token: 'one' });
  expect(it.record()).toMatchObject({ task_token: 'one', task_tokens: 2 });
});

test('a token is written even if another one has the same time', async () => {
  const it = harness();
  await it.apply();
  meanwhile(it, 'one');
  await it.apply({ task_token: 'two' });
  expect(it.record()).toMatchObject({ task_token: 'two', task_tokens: 2 });
});

test('an attempt after a rejection whose answer was lost does not bring its token back over a newer one', async () => {
  const it = harness({ apply: [rejected] });
  await expect(it.apply()).rejects.toMatchObject({ name: 'RefundRejected' });
  it.around.before = () => {
    it.around.before = () => {
      // The write has taken effect unheard; since then `two` has come, and a message has moved the refund on.
      it.table.update('1', {}, { status: 'REQUESTED', task_token: 'one' }, ['version', 'task_tokens']);
      it.table.update('1', {}, { task_token: 'two' }, ['task_tokens']);
      it.table.update('1', {}, { status: 'PROCESSING' }, ['version']);
    };
  };
  await it.apply({ task_token: 'one' });
  expect(it.record()).toMatchObject({ status: 'PROCESSING', task_token: 'two', task_tokens: 2 });
});
