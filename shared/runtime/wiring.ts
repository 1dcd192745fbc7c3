import type { KeyObject } from 'node:crypto';
import type { ApplyContext, Dependencies, Invocation, Log, NotifyContext } from '../app/ports/context.ts';
import type { Gateway } from '../app/ports/gateway.ts';
import { type ClientParts, gatewayClient } from '../gateway/client.ts';
import { notificationReader } from '../gateway/notification-reader.ts';
import { httpTransport } from '../gateway/transport.ts';
import { authenticator } from '../signing/authenticator.ts';
import { lianlianKeysOf, merchantKeyOf } from '../signing/key-secrets.ts';
import { familyOf } from './allowed-ips.ts';
import { type Config, type RequiredSetting, readConfig } from './config.ts';
import { clock, keysFrom, logFor, newAttemptId, refuseOwnHalf, storeFor, wait } from './dependencies.ts';
import { isLoopback } from './setting-rules.ts';

/** Settings without which no function can query the gateway. */
export const QUERYING: readonly RequiredSetting[] = [
  'REFUNDS_TABLE',
  'OID_PARTNER',
  'MERCHANT_KEY_SECRET_ID',
  'LIANLIAN_KEY_SECRET_ID',
];

/**
 * What a function that applies for refunds is started with, wired once per container.
 *
 * @throws Error named `ConfigurationError` that names every fault of the settings
 */
export function wireApply(): Dependencies<ApplyContext> {
  return wire(readConfig(process.env, [...QUERYING, 'NOTIFY_URL']), true);
}

/** What a function is started with that queries the gateway, and sends no refund but those that are recorded. */
export function wireQuery(): Dependencies<ApplyContext> {
  return wire(readConfig(process.env, QUERYING), false);
}

/** The longest that a function which sends may live (serverless.yml), milliseconds. */
const SENDER_LIFE_MS = 240_000;

/** @param opensAhead the function applies each time */
export function wire<C extends Config>(
  config: C,
  opensAhead: boolean,
  store = storeFor(config),
): Dependencies<ApplyContext & { rules: C }> {
  if (config.resendAfterMs < SENDER_LIFE_MS && !isLoopback(config.traderUrl)) {
    logFor('')('setting.resend_too_early');
  }
  // A container has one invocation at a time: the gateway is heard of in the one that began last.
  let log = logFor('');
  const gateway = wireGateway(config, opensAhead, (...decision) => log(...decision));
  const contextFor = ({ requestId, deadlineMs }: Invocation) => {
    log = logFor(requestId);
    const rules = config;
    return { store: store(deadlineMs), gateway, clock, log, rules, wait, newAttemptId, deadlineMs };
  };
  return { contextFor, logFor };
}

/** @param opensAhead the function applies each time: its connection is opened at once, and while keys and table answer */
function wireGateway(config: Config, opensAhead: boolean, log: Log): Gateway {
  const { ready, ...signing } = wireKeys(config);
  const transport = httpTransport(config.gatewayCa, (host, keep_alive, idle_ms) =>
    log('gateway.keep_alive', { host, keep_alive, idle_ms }),
  );
  const trader = new URL(config.traderUrl);
  const openAhead = () => opensAhead && transport.openAhead(trader);
  openAhead();
  return gatewayClient({
    ...signing,
    post: transport.post,
    clock,
    urls: { trader: config.traderUrl, query: config.queryUrl },
    timeoutMs: config.gatewayTimeoutMs,
    oidPartner: config.oidPartner,
    ready: () => {
      openAhead();
      return ready();
    },
  });
}

function wireKeys(config: Config): Pick<ClientParts, 'merchantKey' | 'isAuthentic' | 'ready'> {
  const keys = keysFrom(config);
  const merchantKey = keys.key(config.merchantKeySecretId, merchantKeyOf);
  const lianlianKeys = keys.key(config.lianlianKeySecretId, lianlianKeysOf);
  // Looked at once for each pair that was fetched.
  let accepted: { own: KeyObject; theirs: KeyObject[] } | undefined;
  return {
    merchantKey: () => merchantKey.get(),
    isAuthentic: authenticator(lianlianKeys),
    ready: async () => {
      const [own, theirs] = await Promise.all([merchantKey.get(), lianlianKeys.get()]);
      if (accepted?.own === own && accepted.theirs === theirs) return;
      refuseOwnHalf(config, own, theirs);
      accepted = { own, theirs };
    },
  };
}

/** What the function that takes notifications in is started with: no merchant's key, which it has no right to. */
export function wireNotify(): Dependencies<NotifyContext> & { isAllowedSource(address: string): boolean } {
  const config = readConfig(process.env, ['REFUNDS_TABLE', 'OID_PARTNER', 'LIANLIAN_KEY_SECRET_ID']);
  const lianlianKeys = keysFrom(config).key(config.lianlianKeySecretId, lianlianKeysOf);
  const store = storeFor(config);
  const notifications = notificationReader(config.oidPartner, authenticator(lianlianKeys));
  const { notifyAllowedIps } = config;
  return {
    contextFor: ({ requestId, deadlineMs }) => ({
      store: store(deadlineMs),
      notifications,
      clock,
      log: logFor(requestId),
      rules: config,
      wait,
      deadlineMs,
    }),
    logFor,
    isAllowedSource: (address) => !notifyAllowedIps || notifyAllowedIps.check(address, familyOf(address)),
  };
}
