import { scene } from './scene.ts';

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

test('a write of a token whose answer was lost, repeated after a newer one has come, does not bring it back', async () => {
  const it = scene();
  await it.apply({ task_token: 'zero' });
  it.pass(1);
  const seen = it.record();
  it.around.before = () => {
    it.around.before = () => {
      // The write of `one` has taken effect unheard, and `two` has come since.
      const newer = { task_token: 'two', task_token_at: (seen.task_token_at ?? 0) + 5 };
      it.table.update('1', {}, newer, []);
    };
  };
  await it.apply({ task_token: 'one' });
  expect(it.record()).toMatchObject({ task_token: 'two' });
});

test('a token that another application has replaced meanwhile by an older one is written all the same', async () => {
  const it = scene();
  await it.apply({ task_token: 'zero' });
  it.pass(10);
  it.around.before = () => {
    it.around.before = () => it.table.update('1', {}, { task_token: 'one', task_token_at: 1 }, []);
  };
  await it.apply({ task_token: 'two' });
  expect(it.record()).toMatchObject({ task_token: 'two' });
});
