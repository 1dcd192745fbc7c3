import type { Limits } from '../app/ports/context.ts';
import { readAllowedIps } from './allowed-ips.ts';
import type { Config } from './config-fields.ts';
import {
  faultOfAlone,
  faultOfBus,
  faultOfCertificates,
  faultOfCount,
  faultOfHost,
  faultOfInFlight,
  faultOfNotifyUrl,
  faultOfParallel,
  faultOfPartner,
  faultOfRuns,
  faultOfSecret,
  faultOfTable,
  faultOfUrl,
  pemOf,
  type Rule,
} from './setting-rules.ts';

export type { Config } from './config-fields.ts';

/** Settings without which a function that uses them can't work; the others have a default. */
export const REQUIRED_SETTINGS = [
  'REFUNDS_TABLE',
  'REFUND_HISTORY_TABLE',
  'OID_PARTNER',
  'NOTIFY_URL',
  'MERCHANT_KEY_SECRET_ID',
  'LIANLIAN_KEY_SECRET_ID',
] as const;

export type RequiredSetting = (typeof REQUIRED_SETTINGS)[number];

/** By which the SDK may be pointed at another address. */
const AWS_ENDPOINTS = [
  'AWS_ENDPOINT_URL',
  ...['DYNAMODB', 'SECRETS_MANAGER', 'EVENTBRIDGE', 'SFN', 'SQS'].map((name) => `AWS_ENDPOINT_URL_${name}`),
];

type Environment = Record<string, string | undefined>;

/**
 * Reads a function's settings.
 *
 * @param from which settings there are
 * @throws Error named `ConfigurationError` that names every missing or malformed setting
 */
export function readConfig<C = Config>(
  environment: Environment,
  required: readonly RequiredSetting[],
  from?: (reader: Reader) => C,
): C {
  const { config, faults } = readSettings(environment, required, from);
  if (faults.length > 0) {
    const error = new Error(
      `The function's settings are wrong: ${faults.join('; ')}. Correct its environment.`,
    );
    error.name = 'ConfigurationError';
    throw error;
  }
  return config;
}

/** Reads settings and lists every fault, each with its setting's name first: packaging refuses in the same words. */
export function readSettings<C = Config>(
  environment: Environment,
  required: readonly RequiredSetting[],
  from: (reader: Reader) => C = configFrom as never,
): { config: C; faults: string[] } {
  const faults: string[] = [];
  const reader = readerOf(environment, faults);
  for (const name of required) if (!reader.setting(name)) reader.refuse(name)('is missing');
  for (const name of AWS_ENDPOINTS) reader.checked(name, '', faultOfUrl);
  return { config: from(reader), faults };
}

/** Reads settings one by one, and adds what is wrong with each to the faults. */
function readerOf(environment: Environment, faults: string[]) {
  const setting = (name: string, otherwise = '') => environment[name]?.trim() || otherwise;
  const refuse = (name: string) => (fault: string) => faults.push(`${name} ${fault}`);
  const checked = (name: string, otherwise: string, faultOf: Rule) => {
    const text = setting(name, otherwise);
    const fault = text ? faultOf(text) : undefined;
    if (fault) refuse(name)(fault);
    return text;
  };
  const count = (name: string, otherwise: number) => Number(checked(name, String(otherwise), faultOfCount));
  const seconds = (name: string, otherwise: number) => count(name, otherwise) * 1000;
  return { setting, refuse, checked, count, seconds };
}

type Reader = ReturnType<typeof readerOf>;

/** The settings of all functions, with their defaults. */
function configFrom({ setting, refuse, checked, count, seconds }: Reader): Config {
  return {
    refundsTable: checked('REFUNDS_TABLE', '', faultOfTable),
    refundHistoryTable: checked('REFUND_HISTORY_TABLE', '', faultOfTable),
    oidPartner: checked('OID_PARTNER', '', faultOfPartner),
    notifyUrl: checked('NOTIFY_URL', '', faultOfNotifyUrl),
    merchantKeySecretId: checked('MERCHANT_KEY_SECRET_ID', '', faultOfSecret),
    lianlianKeySecretId: checked('LIANLIAN_KEY_SECRET_ID', '', faultOfSecret),
    traderUrl: checked('LIANLIAN_TRADER_URL', 'https://traderapi.lianlianpay.com', faultOfHost),
    queryUrl: checked('LIANLIAN_QUERY_URL', 'https://queryapi.lianlianpay.com', faultOfHost),
    gatewayCa: pemOf(checked('GATEWAY_CA', '', faultOfCertificates)),
    gatewayTimeoutMs: count('GATEWAY_TIMEOUT_MS', 10_000),
    firstCheckMs: seconds('FIRST_CHECK_SECONDS', 900),
    resendAfterMs: seconds('RESEND_AFTER_SECONDS', 900),
    resendUntilMs: seconds('RESEND_UNTIL_SECONDS', 86_400),
    eventBusName: checked('EVENT_BUS_NAME', 'default', faultOfBus),
    deadLettersQueueUrl: checked('DEAD_LETTERS_QUEUE_URL', '', faultOfUrl),
    keyCacheMs: seconds('KEY_CACHE_SECONDS', 300),
    notifyAllowedIps: readAllowedIps(setting('NOTIFY_ALLOWED_IPS'), refuse('NOTIFY_ALLOWED_IPS')),
  };
}

/** Every setting: those of all functions, and how fast reconciliation may be. */
export function reconcileConfigFrom(reader: Reader): Config & Limits {
  const checked = (name: string, otherwise: string, faultOf: Rule) =>
    Number(reader.checked(name, otherwise, faultOf));
  const config = {
    ...configFrom(reader),
    checksPerShard: checked('RECONCILE_CHECKS_PER_SHARD', '6', faultOfParallel),
    maxInFlight: checked('GATEWAY_MAX_IN_FLIGHT', '48', faultOfInFlight),
    maxPerSecond: reader.count('GATEWAY_MAX_PER_SECOND', 200),
    // Without the stack nobody would start the others.
    runs: checked('RECONCILE_RUNS', '1', faultOfRuns),
    aloneMs: checked('RECONCILE_ALONE_SECONDS', '10', faultOfAlone) * 1000,
  };
  // Each run makes one call at a time, and in a second, at the least.
  const isTooLow = (limit: number) => limit > 0 && limit < config.runs;
  const refuse = (name: string) => reader.refuse(name)('must be RECONCILE_RUNS or more');
  if (isTooLow(config.maxInFlight)) refuse('GATEWAY_MAX_IN_FLIGHT');
  if (isTooLow(config.maxPerSecond)) refuse('GATEWAY_MAX_PER_SECOND');
  return config;
}
