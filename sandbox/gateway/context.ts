import type { GatewayClock } from './clock.ts';
import type { Emit } from './events.ts';
import type { Ledger } from './ledger.ts';
import type { Notifier } from './notifier.ts';
import type { GatewaySettings } from './options.ts';
import type { Signer } from './signer.ts';

/** What the request handlers of one gateway share. */
export interface GatewayContext {
  readonly settings: GatewaySettings;
  readonly clock: GatewayClock;
  readonly ledger: Ledger;
  readonly signer: Signer;
  readonly notifier: Notifier;
  readonly emit: Emit;
}
