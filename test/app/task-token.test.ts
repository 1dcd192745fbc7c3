import { scene } from './use-case-harness.ts';

test('a newer token replaces the stored one, also after the end', async () => {
  const it = scene();
  await it.apply({ task_token: 'one' });
  it.pass(1);
  await it.apply({ task_token: 'two' });
  expect(it.record()).toMatchObject({ task_token: 'two' });
  await it.notify({ sta_refund: '2' });
  it.pass(1);
  await it.apply({ task_token: 'three' });
  expect(it.record()).toMatchObject({ task_token: 'three', status: 'SUCCEEDED' });
});

test('an application without a token leaves the stored one', async () => {
  const it = scene();
  await it.apply({ task_token: 'one' });
  await it.apply();
  expect(it.record()).toMatchObject({ task_token: 'one' });
});

/** What others write between the first write of an application, which finds the record, and that of its token. */
function meanwhile(it: ReturnType<typeof scene>, ...tokens: string[]): void {
  it.around.before = () => {
    it.around.before = () => {
      for (const task_token of tokens) it.table.update('1', {}, { task_token }, ['task_tokens']);
    };
  };
}

test('a write of a token whose answer was lost, repeated after a newer one has come, does not bring it back', async () => {
  const it = scene();
  await it.apply({ task_token: 'zero' });
  // The write of `one` has taken effect unheard, and `two` has come since.
  meanwhile(it, 'one', 'two');
  await it.apply({ task_token: 'one' });
  expect(it.record()).toMatchObject({ task_token: 'two', task_tokens: 3 });
});

test('a write of a token whose answer was lost, repeated at once, is its own', async () => {
  const it = scene();
  await it.apply({ task_token: 'zero' });
  meanwhile(it, 'one');
  await it.apply({ task_token: 'one' });
  expect(it.record()).toMatchObject({ task_token: 'one', task_tokens: 2 });
});

test('a token that meets one of the same moment is written all the same', async () => {
  const it = scene();
  await it.apply();
  meanwhile(it, 'one');
  await it.apply({ task_token: 'two' });
  expect(it.record()).toMatchObject({ task_token: 'two', task_tokens: 2 });
});
