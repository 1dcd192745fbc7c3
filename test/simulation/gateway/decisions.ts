import type { KeyObject } from 'node:crypto';
import type { World } from '../world.ts';
import type { Ledger } from './ledger.ts';
import { isSigned, type Message } from './wire.ts';

/** How the gateway treats an application. */
export interface Decision {
  description: string;
  code: string;
  pays?: boolean;
  /** It pays later than it answers. */
  paysLater?: boolean;
  rejects?: boolean;
}

const REJECTIONS = ['5006', '5004', '1014', '9910', '1009'];
/** Rejections that follow from the refund's own success: the order has been refunded in full. */
const REFUNDED_IN_FULL = ['5007', '5003', '5008'];
const DUPLICATES = ['1002', '1002', '4002', '2007', '9983'];
const IN_DOUBT = ['9999', '1003', '1111', '9920', '5005', '2008', '4321'];

/** The code of a request that is malformed or isn't signed by the merchant. */
export function invalidRequestCode(request: Message | undefined, keys: KeyObject[]): string | undefined {
  if (!request?.no_refund || !request.dt_refund || !request.oid_partner) return '1004';
  return isSigned(request, keys) ? undefined : '1001';
}

export function decide(world: World, ledger: Ledger, request: Message): Decision {
  const { random, faults, settings } = world;
  const isKnown = ledger.entriesOf(request.no_refund as string).length > 0;
  if (isKnown && !settings.paysDuplicates) return decideOnDuplicate(world);
  if (random.chance(faults.rejection)) {
    return { description: 'rejected', code: random.pick(REJECTIONS), rejects: true };
  }
  if (random.chance(faults.falseDuplicate)) {
    return { description: 'answered as a duplicate, but it is new', code: random.pick(['2005', '4002']) };
  }
  if (random.chance(faults.inDoubtCode)) {
    const pays = random.chance(0.6);
    const paysLater = pays && random.chance(0.5);
    const description = `answered in doubt, ${pays ? (paysLater ? 'paid later' : 'paid') : 'not paid'}`;
    return { description, code: random.pick(IN_DOUBT), pays, paysLater };
  }
  if (random.chance(faults.inDoubtCode / 4)) {
    return { description: 'accepted, answered as a duplicate', code: random.pick(DUPLICATES), pays: true };
  }
  return { description: 'accepted', code: '0000', pays: true };
}

function decideOnDuplicate({ random }: World): Decision {
  const which = random.between(0, 9);
  if (which < 5) return { description: 'a duplicate', code: random.pick(DUPLICATES) };
  if (which < 9) {
    const description = 'a duplicate, rejected: the order is refunded in full';
    return { description, code: random.pick(REFUNDED_IN_FULL), rejects: true };
  }
  return { description: 'a duplicate, answered like the first request', code: '0000' };
}
