import type { BlockList } from 'node:net';

/** The settings of a function, read once from its environment; units are in the names. */
export interface Config {
  refundsTable: string;
  /** The table of stories. */
  refundHistoryTable: string;
  oidPartner: string;
  notifyUrl: string;
  merchantKeySecretId: string;
  lianlianKeySecretId: string;
  traderUrl: string;
  queryUrl: string;
  /** Certificates, as PEM, that are trusted for the gateway beside those that Node.js trusts; empty: none. */
  gatewayCa: string;
  gatewayTimeoutMs: number;
  firstCheckMs: number;
  resendAfterMs: number;
  resendUntilMs: number;
  keyCacheMs: number;
  /** Where changes of status are published. */
  eventBusName: string;
  /** The queue of dead letters; empty: none, publishing is tried until it succeeds. */
  deadLettersQueueUrl: string;
  /** Where notifications may come from; `undefined`: anywhere, since their signature is what counts. */
  notifyAllowedIps: BlockList | undefined;
}
