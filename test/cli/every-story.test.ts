import fc from 'fast-check';
import { readStory } from '../../cli/verify/read-story.ts';
import { verifyStory } from '../../cli/verify/verify-story.ts';
import { inDoubt, notFound, rejected } from '../app/use-case-harness.ts';
import { answered, gatewayKey, signedText, storyMaker } from './story-maker.ts';

/** Any message of the gateway about the refund, also short and contradictory ones. */
const message = fc
  .record({
    sta_refund: fc.constantFrom('0', '1', '2', '3', undefined),
    money_refund: fc.constantFrom('200.01', '200.01', undefined, '1.00'),
    oid_refundno: fc.constantFrom('A1', 'A1', undefined, 'B2'),
    dt_refund: fc.constantFrom('20260105080000', undefined, '20260106080000'),
    settle_date: fc.constantFrom('20260105', undefined, '20260106'),
    rate: fc.constantFrom(undefined, '7.1', '7.2'),
    ret_code: fc.constantFrom('0000', '0000', '0000', undefined, '5006'),
  })
  .map((fields) => signedText(fields));

const answer = fc.oneof(
  fc.constantFrom(rejected, inDoubt),
  message.filter((text) => text.includes('"0000"')).map(answered),
);

const queried = fc.oneof(answer, fc.constant(notFound));

const step = fc.oneof(
  { weight: 4, arbitrary: message.map((text) => ({ does: 'notify' as const, text })) },
  fc.constantFrom({ does: 'apply' as const }, { does: 'check' as const }),
);

test('every story that the service tells follows', async () => {
  const told = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(answer, { minLength: 1, maxLength: 3 }),
      fc.array(queried, { minLength: 1, maxLength: 4 }),
      fc.array(step, { minLength: 1, maxLength: 9 }),
      async (apply, query, steps) => {
        const it = storyMaker({ apply, query } as Parameters<typeof storyMaker>[0]);
        for (const todo of steps) {
          if (todo.does === 'notify') await it.notify(todo.text);
          else if (todo.does === 'check') await it.reconcileIn(3_600_000);
          else await it.apply().catch(() => {});
        }
        const story = await it.story().catch(() => undefined);
        if (!story) return;
        for (const { code } of story.entries) told.add(code);
        const { faults } = verifyStory(readStory([{ name: '', text: JSON.stringify(story) }]), [gatewayKey]);
        expect(faults).toEqual([]);
      },
    ),
    // The same stories each time: what they must tell is asserted below.
    { numRuns: Number(process.env.RUNS ?? 400), seed: Number(process.env.SEED ?? 1) },
  );
  expect([...told]).toEqual(
    expect.arrayContaining([
      'refund.external',
      'refund.reapplied',
      'message.conflict',
      'message.incomplete',
      'message.completes',
    ]),
  );
});
