import type { Books } from './books.ts';
import type { GatewayClock } from './clock.ts';
import type { Emit } from './events.ts';
import type { Notifier } from './notifier.ts';
import type { GatewaySettings } from './options.ts';
import type { Signer } from './signer.ts';

/** What the desks of one gateway work with. */
export interface Office {
  readonly settings: GatewaySettings;
  readonly clock: GatewayClock;
  readonly books: Books;
  readonly signer: Signer;
  readonly notifier: Notifier;
  readonly emit: Emit;
}
