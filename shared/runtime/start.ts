import type { KeyObject } from 'node:crypto';
import type { ApplyContext, Invocation, NotifyContext, Services } from '../app/ports.ts';
import { gatewayClient } from '../gateway/client.ts';
import { gatewayInbox } from '../gateway/inbox.ts';
import { httpTransport } from '../gateway/transport.ts';
import { authenticator } from '../signing/authenticator.ts';
import { lianlianKeysOf, merchantKeyOf } from '../signing/key-secrets.ts';
import { familyOf } from './allowed-ips.ts';
import { type RequiredSetting, readConfig } from './config.ts';
import { clock, keysFrom, logFor, newAttemptId, refuseOwnHalf, storeOpener, wait } from './services.ts';
import { isLoopback } from './setting-rules.ts';

/** Settings without which no function can ask the gateway. */
const ASKING: readonly RequiredSetting[] = [
  'REFUNDS_TABLE',
  'OID_PARTNER',
  'MERCHANT_KEY_SECRET_ID',
  'LIANLIAN_KEY_SECRET_ID',
];

/**
 * Starts a function that applies for refunds. Like every start here it wires everything once per container.
 *
 * @throws Error named `ConfigurationError` that names every fault of the settings
 */
export function startApply(): Services<ApplyContext> {
  return start([...ASKING, 'NOTIFY_URL']);
}

/** Starts a function that asks the gateway about refunds, and sends none but those that are recorded. */
export function startAsking(): Services<ApplyContext> {
  return start(ASKING);
}

/** The longest that a function which sends may live (serverless.yml), milliseconds. */
const SENDER_LIFE_MS = 240_000;

function start(required: readonly RequiredSetting[]): Services<ApplyContext> {
  const config = readConfig(process.env, required);
  if (config.resendAfterMs < SENDER_LIFE_MS && !isLoopback(config.traderUrl)) {
    logFor('').warn(
      'RESEND_AFTER_SECONDS is shorter than a sender may live: "not found" may be believed too early',
    );
  }
  const keys = keysFrom(config);
  const merchantKey = keys.key(config.merchantKeySecretId, merchantKeyOf);
  const lianlianKeys = keys.key(config.lianlianKeySecretId, lianlianKeysOf);
  const openStore = storeOpener(config);
  // Looked at once for each pair that was fetched.
  let accepted: { own: KeyObject; theirs: KeyObject[] } | undefined;
  const gateway = gatewayClient({
    post: httpTransport(config.gatewayCa),
    clock,
    urls: { trader: config.traderUrl, query: config.queryUrl },
    timeoutMs: config.gatewayTimeoutMs,
    oidPartner: config.oidPartner,
    merchantKey: () => merchantKey.get(),
    isAuthentic: authenticator(lianlianKeys),
    ready: async () => {
      const [own, theirs] = await Promise.all([merchantKey.get(), lianlianKeys.get()]);
      if (accepted?.own === own && accepted.theirs === theirs) return;
      refuseOwnHalf(config, own, theirs);
      accepted = { own, theirs };
    },
  });
  const open = ({ requestId, deadlineMs }: Invocation): ApplyContext => ({
    store: openStore(deadlineMs),
    gateway,
    clock,
    log: logFor(requestId),
    rules: config,
    wait,
    newAttemptId,
    deadlineMs,
  });
  return { open, logFor };
}

/** Starts the function that takes notifications in. It has no use for the merchant's key, and no right to it. */
export function startNotify(): Services<NotifyContext> & { isAllowedSource(address: string): boolean } {
  const config = readConfig(process.env, ['REFUNDS_TABLE', 'OID_PARTNER', 'LIANLIAN_KEY_SECRET_ID']);
  const lianlianKeys = keysFrom(config).key(config.lianlianKeySecretId, lianlianKeysOf);
  const openStore = storeOpener(config);
  const inbox = gatewayInbox(config.oidPartner, authenticator(lianlianKeys));
  const { notifyAllowedIps } = config;
  return {
    open: ({ requestId, deadlineMs }) => ({
      store: openStore(deadlineMs),
      inbox,
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
