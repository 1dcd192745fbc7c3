import { BlockList, isIP } from 'node:net';

/** The settings of a function, read once from its environment; units are in the names. */
export interface Config {
  refundsTable: string;
  oidPartner: string;
  notifyUrl: string;
  merchantKeySecretId: string;
  lianlianKeySecretId: string;
  traderUrl: string;
  queryUrl: string;
  /** PEM certificates that are trusted for the gateway beside those that Node.js trusts; empty: only those. */
  gatewayCa: string;
  gatewayTimeoutMs: number;
  firstCheckMs: number;
  resendAfterMs: number;
  resendUntilMs: number;
  keyCacheMs: number;
  /** Where changes of status go. */
  eventBusName: string;
  /** Where changes go that could not be told; empty: nowhere, they are tried on. */
  deadLettersQueueUrl: string;
  /** Where notifications may come from; `undefined`: anywhere, since their signature is what counts. */
  notifyAllowedIps: BlockList | undefined;
}

/** Settings without which a function can't work; the others have a default. */
export type RequiredSetting =
  | 'REFUNDS_TABLE'
  | 'OID_PARTNER'
  | 'NOTIFY_URL'
  | 'MERCHANT_KEY_SECRET_ID'
  | 'LIANLIAN_KEY_SECRET_ID';

/** By which the SDK may be pointed at another address. */
const AWS_ENDPOINTS = [
  'AWS_ENDPOINT_URL',
  ...['DYNAMODB', 'SECRETS_MANAGER', 'EVENTBRIDGE', 'SFN', 'SQS'].map((name) => `AWS_ENDPOINT_URL_${name}`),
];

type Environment = Record<string, string | undefined>;

/**
 * Reads a function's settings.
 *
 * @throws Error named `ConfigurationError` that names every missing or malformed setting
 */
export function readConfig(environment: Environment, required: readonly RequiredSetting[]): Config {
  const faults: string[] = [];
  const setting = (name: string, otherwise = '') => environment[name]?.trim() || otherwise;
  const checked = (name: string, otherwise: string, fault: (text: string) => string | undefined) => {
    const text = setting(name, otherwise);
    const found = text ? fault(text) : undefined;
    if (found) faults.push(`${name} ${found}`);
    return text;
  };
  const count = (name: string, otherwise: number) => Number(checked(name, String(otherwise), faultOfCount));
  const seconds = (name: string, otherwise: number) => count(name, otherwise) * 1000;

  for (const name of required) if (!setting(name)) faults.push(`${name} is missing`);
  for (const name of AWS_ENDPOINTS) checked(name, '', faultOfUrl);

  const config: Config = {
    refundsTable: checked('REFUNDS_TABLE', '', faultOfTable),
    oidPartner: checked('OID_PARTNER', '', faultOfPartner),
    notifyUrl: checked('NOTIFY_URL', '', faultOfNotifyUrl),
    merchantKeySecretId: setting('MERCHANT_KEY_SECRET_ID'),
    lianlianKeySecretId: setting('LIANLIAN_KEY_SECRET_ID'),
    traderUrl: checked('LIANLIAN_TRADER_URL', 'https://traderapi.lianlianpay.com', faultOfHost),
    queryUrl: checked('LIANLIAN_QUERY_URL', 'https://queryapi.lianlianpay.com', faultOfHost),
    gatewayCa: setting('GATEWAY_CA'),
    gatewayTimeoutMs: count('GATEWAY_TIMEOUT_MS', 10_000),
    firstCheckMs: seconds('FIRST_CHECK_SECONDS', 900),
    resendAfterMs: seconds('RESEND_AFTER_SECONDS', 900),
    resendUntilMs: seconds('RESEND_UNTIL_SECONDS', 86_400),
    eventBusName: setting('EVENT_BUS_NAME', 'default'),
    deadLettersQueueUrl: checked('DEAD_LETTERS_QUEUE_URL', '', faultOfUrl),
    keyCacheMs: seconds('KEY_CACHE_SECONDS', 300),
    notifyAllowedIps: readAllowedIps(setting('NOTIFY_ALLOWED_IPS'), faults),
  };
  if (faults.length > 0) {
    const error = new Error(
      `The function's settings are wrong: ${faults.join('; ')}. Correct its environment.`,
    );
    error.name = 'ConfigurationError';
    throw error;
  }
  return config;
}

function faultOfCount(text: string): string | undefined {
  return /^[1-9]\d{0,9}$/.test(text) ? undefined : 'must be a whole number from 1';
}

function faultOfTable(text: string): string | undefined {
  return /^(arn:[\x21-\x7e]+|[A-Za-z0-9_.-]{3,255})$/.test(text)
    ? undefined
    : "must be a table's name or ARN";
}

function faultOfPartner(text: string): string | undefined {
  return /^[\x21-\x7e]{1,18}$/.test(text) ? undefined : 'must be a merchant id of at most 18 characters';
}

/** Whether a URL points at this machine, where messages aren't delayed and nobody listens in. */
export function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(URL.parse(url)?.hostname ?? '');
}

function faultOfUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (url?.protocol === 'https:') return undefined;
  return url?.protocol === 'http:' && isLoopback(text)
    ? undefined
    : 'must be an https URL (http only on loopback)';
}

/** Of a host that paths are appended to. */
function faultOfHost(text: string): string | undefined {
  return /[?#@]/.test(text) ? 'must be a URL without user, query and fragment' : faultOfUrl(text);
}

/** It is sent and signed as it stands. */
function faultOfNotifyUrl(text: string): string | undefined {
  return /^[\x21-\x7e]{1,128}$/.test(text)
    ? faultOfUrl(text)
    : 'must have at most 128 characters, all of them printable ASCII';
}

/** Comma-separated addresses, ranges (`a-b`, also `1.2.3.4-9` as the gateway's documents write them) and CIDRs. */
function readAllowedIps(text: string, faults: string[]): BlockList | undefined {
  if (!text) return undefined;
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
  // Commas alone are a slip: taken for an empty setting, they would let everybody in.
  if (entries.length === 0) faults.push('NOTIFY_ALLOWED_IPS has no address, range (a-b) or CIDR');
  const allowed = new BlockList();
  for (const entry of entries) {
    try {
      allow(allowed, entry);
    } catch {
      faults.push(`NOTIFY_ALLOWED_IPS has '${entry}', which is no address, range (a-b) or CIDR`);
    }
  }
  return allowed;
}

function allow(allowed: BlockList, entry: string): void {
  const [address = '', prefix, ...more] = entry.split('/');
  const [first = '', last, ...others] = address.split('-').map((part) => part.trim());
  if (more.length + others.length > 0 || (prefix !== undefined && last !== undefined))
    throw new RangeError(entry);
  if (prefix !== undefined) {
    if (!/^\d+$/.test(prefix)) throw new RangeError(entry);
    allowed.addSubnet(first, Number(prefix), familyOf(first));
  } else if (last !== undefined) {
    const isLastByte = /^\d+$/.test(last) && familyOf(first) === 'ipv4';
    const end = isLastByte ? first.replace(/\d+$/, last) : last;
    allowed.addRange(first, end, familyOf(first));
  } else {
    allowed.addAddress(first, familyOf(first));
  }
}

/** The address family as BlockList wants it; also what an address is checked by. */
export function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
