import type { KeyObject } from 'node:crypto';
import type { World } from '../world.ts';
import type { Books } from './books.ts';
import { isSigned, type Message } from './wire.ts';

/** What the gateway makes of an application. */
export interface Decision {
  words: string;
  code: string;
  books?: boolean;
  /** It books later than it answers. */
  delaysBooking?: boolean;
  refuses?: boolean;
}

const RULES = ['5006', '5004', '1014', '9910', '1009'];
/** Refusals that the refund's own success causes: the order has been refunded in full. */
const EXHAUSTED = ['5007', '5003', '5008'];
const DUPLICATES = ['1002', '1002', '4002', '2007', '9983'];
const DOUBTS = ['9999', '1003', '1111', '9920', '5005', '2008', '4321'];

/** What is wrong with a request as such. */
export function faultOf(request: Message | undefined, keys: KeyObject[]): string | undefined {
  if (!request?.no_refund || !request.dt_refund || !request.oid_partner) return '1004';
  return isSigned(request, keys) ? undefined : '1001';
}

export function decide(world: World, books: Books, request: Message): Decision {
  const { random, weather, climate } = world;
  const known = books.of(request.no_refund as string).length > 0;
  if (known && !climate.isForgetful) return decideOnKnown(world);
  if (random.chance(weather.refusal)) {
    return { words: 'refused by a rule', code: random.pick(RULES), refuses: true };
  }
  if (random.chance(weather.wrongDuplicate)) {
    return { words: 'called a duplicate, though it is none', code: random.pick(['2005', '4002']) };
  }
  if (random.chance(weather.doubtfulCode)) {
    const isBooked = random.chance(0.6);
    const delaysBooking = isBooked && random.chance(0.5);
    const words = `answered in doubt, ${isBooked ? (delaysBooking ? 'booked later' : 'booked') : 'dropped'}`;
    return { words, code: random.pick(DOUBTS), books: isBooked, delaysBooking };
  }
  if (random.chance(weather.doubtfulCode / 4)) {
    return { words: 'accepted, and called a duplicate', code: random.pick(DUPLICATES), books: true };
  }
  return { words: 'accepted', code: '0000', books: true };
}

function decideOnKnown({ random }: World): Decision {
  const which = random.between(0, 9);
  if (which < 5) return { words: 'a repeated number', code: random.pick(DUPLICATES) };
  if (which < 9)
    return { words: 'refused: the order is refunded in full', code: random.pick(EXHAUSTED), refuses: true };
  return { words: 'a repeated number, answered as before', code: '0000' };
}
