import type { KeyObject } from 'node:crypto';
import type { NotifyContext, ReconcileContext } from '../../shared/app/ports/context.ts';
import type { Gateway } from '../../shared/app/ports/gateway.ts';
import type { NotificationReader } from '../../shared/app/ports/notifications.ts';
import { ServiceUnavailable } from '../../shared/domain/errors.ts';
import { gatewayClient } from '../../shared/gateway/client.ts';
import { notificationReader } from '../../shared/gateway/notification-reader.ts';
import { authenticator } from '../../shared/signing/authenticator.ts';
import { Cached } from '../../shared/signing/cached.ts';
import { logOf } from './log.ts';
import { NOTIFY_URL, OID_PARTNER } from './merchant.ts';
import { postOf } from './network.ts';
import type { Process } from './process.ts';
import { startRunOf } from './schedule.ts';
import { leasesOf, storeOf } from './table-calls.ts';
import type { World } from './world.ts';

const KEY_CACHE_MS = 300_000;

/** One container of a function: the product wired as it is on Lambda (shared/runtime/wiring.ts), with its keys cached. */
export class Container {
  readonly clockErrorMs: number;
  current!: Process;
  readonly #world: World;
  readonly #gateway: Gateway;
  readonly #prefetch: () => void;
  #isStarted = false;
  readonly #notifications: NotificationReader;

  constructor(world: World) {
    const { settings } = world;
    this.#world = world;
    this.clockErrorMs = world.clockError();
    const clock = { nowMs: () => this.current.nowMs() };
    const merchantKey = this.#key(() => world.secrets.merchant);
    const gatewayKeys = this.#key(() => world.secrets.gateway);
    const isAuthentic = authenticator(gatewayKeys);
    this.#gateway = gatewayClient({
      post: (url, body, timeoutMs) => postOf(world, this.current)(url, body, timeoutMs),
      clock,
      urls: { trader: 'https://trader.test', query: 'https://query.test' },
      timeoutMs: settings.gatewayTimeoutMs,
      oidPartner: OID_PARTNER,
      merchantKey: () => merchantKey.get(),
      isAuthentic,
      ready: async () => {
        await Promise.all([merchantKey.get(), gatewayKeys.get()]);
      },
    });
    const reader = notificationReader(OID_PARTNER, isAuthentic);
    this.#notifications = {
      read: async (text) => {
        const notification = await reader.read(text);
        world.checks.onNotificationRead(this.current, text);
        return notification;
      },
    };
    this.#prefetch = () => {
      for (const key of [merchantKey, gatewayKeys]) (key as Cached<unknown>).get().catch(() => {});
    };
  }

  open(process: Process): ReconcileContext & NotifyContext {
    const { settings, random, scheduler } = this.#world;
    this.current = process;
    if (!this.#isStarted) this.#prefetch();
    this.#isStarted = true;
    return {
      store: storeOf(this.#world, process),
      gateway: this.#gateway,
      notifications: this.#notifications,
      clock: { nowMs: () => process.nowMs() },
      wait: (ms) => new Promise((resolve) => scheduler.after(ms, () => process.deliver(resolve))),
      log: logOf(this.#world, process),
      rules: {
        oidPartner: OID_PARTNER,
        notifyUrl: NOTIFY_URL,
        firstCheckMs: settings.firstCheckMs,
        resendAfterMs: settings.resendAfterMs,
        resendUntilMs: settings.resendUntilMs,
        ...settings.limits,
      },
      newAttemptId: () => random.id(),
      deadlineMs: process.deadlineMs,
      leases: leasesOf(this.#world, process),
      startRun: startRunOf(this.#world, process),
    };
  }

  /** A cached key. Counts failures for the process that waits: another process may have begun the fetch. */
  #key<T extends KeyObject | KeyObject[]>(stored: () => T): Cached<T> {
    const noted = async <V>(key: Promise<V>): Promise<V> => {
      const process = this.current;
      try {
        return await key;
      } catch (error) {
        process.failedKeys += 1;
        throw error;
      }
    };
    const cached = new Cached<T>({
      fetch: (isRefresh) => this.#fetch(stored, isRefresh ? 1_000 : 2_500),
      nowMs: () => this.current.nowMs(),
      maxAgeMs: KEY_CACHE_MS,
      onFailure: () => {},
    });
    return { get: () => noted(cached.get()), refetch: () => noted(cached.refetch()) } as Cached<T>;
  }

  #fetch<T>(stored: () => T, withinMs: number): Promise<T> {
    const { random, scheduler, faults } = this.#world;
    const process = this.current;
    return new Promise((resolve, reject) => {
      const isDown = random.chance(faults.secretsDown);
      const isSlow = random.chance(faults.secretsDown);
      scheduler.after(isDown ? withinMs : random.between(5, isSlow ? withinMs : 50), () => {
        process.deliver(() => {
          if (!isDown) return resolve(stored());
          reject(new ServiceUnavailable('the secret is out of reach'));
        });
      });
    });
  }
}
