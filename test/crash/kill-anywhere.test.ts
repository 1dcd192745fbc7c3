import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayOptions } from '../../sandbox/gateway/options.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';

/**
 * The packaged functions, ended with SIGKILL at random moments against the sandbox's gateway and table. Whatever was
 * cut off: in the end no refund is paid twice, and none is unfinished.
 */
const kinds = [
  '',
  'success-',
  'failed-',
  'init-',
  'silent-',
  'lost-once-',
  'once-9999-',
  'once-5006-',
  'slow-',
  'drop-',
  'half-',
  'unsigned-',
  'early-',
  'twice-',
  'mute-',
  'booked-9999-',
  'booked-1002-',
  'late-5007-',
];

const rounds = Number(process.env.CRASH_ROUNDS ?? 4);

/** Of one invocation that is left alone, on this machine: every moment of it is to be hit, and those after it. */
let wholeLifeMs: number;

let service: Service;

/** Invokes a fresh container and kills it after a random time; what it answers until then is not waited for. */
async function invokeAndKill(name: string, event: unknown): Promise<void> {
  const container = await service.lambda(name);
  // A container that is killed never answers.
  container.invoke(event, { remainingMs: 4_000 }).catch(() => undefined);
  await sleep(Math.random() * 2 * wholeLifeMs);
  await container.stop();
}

async function lifeOfOne(): Promise<number> {
  const container = await service.lambda('apply-refund');
  const startedAt = Date.now();
  await container.invoke(refundInput('left-alone'), { remainingMs: 4_000 });
  await container.stop();
  return Date.now() - startedAt;
}

async function reconcile(): Promise<void> {
  const container = await service.lambda('reconcile-refunds');
  await container.invoke({}, { remainingMs: 20_000 });
  await container.stop();
}

const isFinished = async (noRefund: string) =>
  ['SUCCEEDED', 'FAILED', 'REJECTED'].includes(String((await service.record(noRefund))?.status));

const gateways: [what: string, options: GatewayOptions][] = [
  ['refuses repeated numbers', {}],
  // Whatever arrives twice is paid twice; queries don't find it for a time, and notifications come later still.
  ['forgets, and pays every request', { paysDuplicates: true, queryLagMs: 2_500, notifyAfterMs: 5_000 }],
];

describe.each(gateways)('a gateway that %s', (_what, options) => {
  beforeAll(async () => {
    service = await startService(
      { notifyAfterMs: 300, slowMs: 600, ...options },
      { FIRST_CHECK_SECONDS: '1', RESEND_AFTER_SECONDS: '4', GATEWAY_TIMEOUT_MS: '1000' },
    );
    wholeLifeMs = await lifeOfOne();
  }, 60_000);

  afterAll(() => service.stop());

  test('senders and reconciliations killed anywhere: nothing is paid twice, everything ends', async () => {
    const numbers = Array.from({ length: rounds }, (_, round) =>
      kinds.map((kind) => `${kind}k${round}`),
    ).flat();
    for (const noRefund of numbers) {
      await Promise.all([
        invokeAndKill('apply-refund', refundInput(noRefund)),
        Math.random() < 0.3 && invokeAndKill('apply-refund', refundInput(noRefund)),
        Math.random() < 0.3 && invokeAndKill('reconcile-refunds', {}),
      ]);
    }
    const recorded = (
      await Promise.all(numbers.map(async (noRefund) => ((await service.record(noRefund)) ? [noRefund] : [])))
    ).flat();
    expect(recorded.length).toBeGreaterThan(numbers.length / 2);

    // Waits double: those that were checked in vain meanwhile come last.
    for (
      let turn = 0;
      turn < 60 && !(await Promise.all(recorded.map(isFinished))).every(Boolean);
      turn += 1
    ) {
      await reconcile();
      await sleep(1_000);
    }
    const { gateway } = service.sandbox;
    const ends = await Promise.all(
      recorded.map(async (noRefund) => ({
        noRefund,
        status: (await service.record(noRefund))?.status,
        sta_refund: gateway.ledgerEntry(noRefund)?.fields.sta_refund,
        paid: gateway.paidCount(noRefund),
      })),
    );
    expect(ends.filter(({ paid }) => paid > 1)).toEqual([]);
    expect(
      ends.filter(({ status }) => !['SUCCEEDED', 'FAILED', 'REJECTED'].includes(String(status))),
    ).toEqual([]);
    expect(
      ends.filter(({ status, sta_refund }) => (status === 'SUCCEEDED') !== (sta_refund === '2')),
    ).toEqual([]);
    // Nothing was sent that isn't recorded.
    for (const noRefund of numbers) {
      if (!recorded.includes(noRefund)) expect(gateway.requests(noRefund)).toEqual([]);
    }
  }, 240_000);

  test('killed in flight, booked just before the resend, which is then refused with 5007: it ends SUCCEEDED', async () => {
    const noRefund = 'late-5007-killed';
    const sender = await service.lambda('apply-refund');
    sender.invoke(refundInput(noRefund), { remainingMs: 4_000 }).catch(() => undefined);
    await until(() => service.sandbox.gateway.requests(noRefund).length === 1);
    await sender.stop();
    expect(await service.record(noRefund)).toMatchObject({ status: 'REQUESTED', attempts: 1 });

    const refused: unknown[] = [];
    for (let turn = 0; turn < 60 && !(await isFinished(noRefund)); turn += 1) {
      await reconcile();
      const record = await service.record(noRefund);
      if (record?.ret_code === '5007') refused.push(record.status);
      await sleep(500);
    }
    // The refusal was heard, kept, and not believed.
    expect(refused).toContain('REQUESTED');
    expect(await service.record(noRefund)).toMatchObject({ status: 'SUCCEEDED', attempts: 2, doubt: true });
    expect(service.sandbox.gateway.paidCount(noRefund)).toBe(1);
  }, 120_000);
});
