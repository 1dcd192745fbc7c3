import { readSandboxKeys } from '../keys.ts';
import type { GatewayEvent } from './events.ts';

/** How a gateway is set up; everything has a default. */
export interface GatewayOptions {
  /** 0, the default, means any free port. */
  readonly port?: number;
  /** The only merchant the gateway knows. Default: the one of the documents' samples. */
  readonly oidPartner?: string;
  /** PEM. Default: the sandbox's merchant pair. */
  readonly merchantPublicKey?: string;
  /** PEM. Default: the sandbox's gateway pair. */
  readonly gatewayPrivateKey?: string;
  /** PEM, for messages that the service must not trust. Default: the sandbox's untrusted pair. */
  readonly untrustedPrivateKey?: string;
  /** Signs rejections too, as the documents of the domestic product say. Default: false, as those of the exchange product say. */
  readonly signRejections?: boolean;
  /** Pays every request, even one whose number is known already. Default: false. */
  readonly paysDuplicates?: boolean;
  /** Gateway seconds per real second. Default: 1. */
  readonly clockSpeed?: number;
  /** Gateway milliseconds between the changes of a refund's status. Default: 2000. */
  readonly notifyAfterMs?: number;
  /** Gateway milliseconds by which a query is behind the ledger. Default: 0. */
  readonly queryLagMs?: number;
  /** Real milliseconds before a slow answer. Default: 3000. */
  readonly slowMs?: number;
  /** Where notifications go instead of each request's notify_url. Default: notify_url. */
  readonly notifyUrl?: string;
  /** How many events, and how many notifications, it remembers; the oldest are forgotten. Default: 10,000. */
  readonly remembered?: number;
  readonly onEvent?: (event: GatewayEvent) => void;
}

export type GatewaySettings = Required<Omit<GatewayOptions, 'notifyUrl'>> & Pick<GatewayOptions, 'notifyUrl'>;

/** The options with their defaults. */
export function gatewaySettings(options: GatewayOptions): GatewaySettings {
  const keys = readSandboxKeys();
  return {
    port: 0,
    oidPartner: '201103171000000000',
    signRejections: false,
    paysDuplicates: false,
    clockSpeed: 1,
    notifyAfterMs: 2_000,
    queryLagMs: 0,
    slowMs: 3_000,
    remembered: 10_000,
    onEvent: () => {},
    merchantPublicKey: keys.merchant.publicKey,
    gatewayPrivateKey: keys.gateway.privateKey,
    untrustedPrivateKey: keys.untrusted.privateKey,
    ...options,
  };
}
