import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayOptions } from '../../sandbox/gateway/options.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';
import { followStories, type Stories } from './stories.ts';

/**
 * The packaged functions, killed with SIGKILL at random moments, against the sandbox's gateway and table. In the end no
 * refund is paid twice, none is unfinished, and its story tells how it came to its end.
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

/** The duration of an invocation that nobody kills, on this machine: the kills shall hit every moment of it, and some after it. */
let wholeLifeMs: number;

let service: Service;
let stories: Stories | undefined;

/** Invokes a fresh container and kills it after a random time, without waiting for its answer. */
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
  ['rejects repeated numbers', {}],
  // It pays a request twice that arrives twice. Queries find a refund late, and notifications come even later.
  ['pays every request', { paysDuplicates: true, queryLagMs: 2_500, notifyAfterMs: 5_000 }],
];

describe.each(gateways)('a gateway that %s', (_what, options) => {
  beforeAll(async () => {
    service = await startService(
      { notifyAfterMs: 300, slowMs: 600, ...options },
      { FIRST_CHECK_SECONDS: '1', RESEND_AFTER_SECONDS: '4', GATEWAY_TIMEOUT_MS: '1000' },
    );
    stories = await followStories(service);
    wholeLifeMs = await lifeOfOne();
  }, 60_000);

  afterAll(async () => {
    await stories?.stop();
    await service.stop();
  });

  test('kills at random moments of applications and reconciliations cause no second payment, and every refund ends', async () => {
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

    // Each check without a result doubles the wait: those refunds end last.
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

  test('the stories, recorded by a function that is killed too, tell each status once, in order, and each attempt', async () => {
    if (!stories) return;
    const { whole, changesOf } = stories;
    expect(stories.numbers().length).toBeGreaterThan((kinds.length * rounds) / 2);
    for (const noRefund of stories.numbers()) {
      const told = await until(() => whole(noRefund));
      expect({ noRefund, told: told.statuses }).toEqual({ noRefund, told: changesOf(noRefund) });
      const sent = service.requestedUrls(noRefund).filter((url) => !url.includes('query'));
      expect(new Set(told.attempts).size).toBe(told.attempts.length);
      expect({ noRefund, sent: sent.length <= told.attempts.length }).toEqual({ noRefund, sent: true });
    }
  }, 120_000);

  test('a refund killed in flight, booked just before its resend, which is then rejected with 5007, ends SUCCEEDED', async () => {
    const noRefund = 'late-5007-killed';
    const sender = await service.lambda('apply-refund');
    sender.invoke(refundInput(noRefund), { remainingMs: 4_000 }).catch(() => undefined);
    await until(() => service.sandbox.gateway.requests(noRefund).length === 1);
    await sender.stop();
    expect(await service.record(noRefund)).toMatchObject({ status: 'REQUESTED', attempts: 1 });

    const statusesAfterRejection: unknown[] = [];
    for (let turn = 0; turn < 60 && !(await isFinished(noRefund)); turn += 1) {
      await reconcile();
      const record = await service.record(noRefund);
      if (record?.ret_code === '5007') statusesAfterRejection.push(record.status);
      await sleep(500);
    }
    // The rejection was received and recorded, and not trusted.
    expect(statusesAfterRejection).toContain('REQUESTED');
    expect(await service.record(noRefund)).toMatchObject({ status: 'SUCCEEDED', attempts: 2, doubt: true });
    expect(service.sandbox.gateway.paidCount(noRefund)).toBe(1);
  }, 120_000);
});
