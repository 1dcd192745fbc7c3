import type { Reply } from '../../shared/gateway/transport.ts';
import { type Message, signed, toJson } from './gateway/wire.ts';
import { KEYS } from './keys.ts';
import { OID_PARTNER } from './merchant.ts';
import type { World } from './world.ts';

/** An answer that isn't the gateway's word on this refund. */
export function forgedReply(world: World, noRefund: string, isQuery: boolean): Reply {
  const { random, climate, history } = world;
  const isCode = random.chance(0.4);
  const lie = climate.hasLiar && random.chance(0.5);
  const text = lie
    ? toJson({ ret_code: isQuery ? '8901' : '5006', ret_msg: '余额不足' }, false)
    : isCode
      ? forgedCode(world, noRefund, isQuery)
      : forgedSuccess(world, noRefund);
  if (lie) world.checks.onLie(noRefund);
  history.tell('attacker', () => `answers in the gateway's place: ${text.slice(0, 160)}`);
  return { status: 200, text };
}

/** A code counts unsigned, but not with a signature that is wrong, nor where it speaks of another refund. */
function forgedCode({ random, gateway }: World, noRefund: string, isQuery: boolean): string {
  const code = isQuery ? '8901' : '5006';
  const message = { ret_code: code, ret_msg: '失败', oid_partner: OID_PARTNER, no_refund: noRefund };
  const stranger = { ...message, no_refund: `${noRefund}x` };
  return toJson(
    random.pick<() => Message>([
      () => signed(message, KEYS.attacker.privateKey),
      () => ({ ...message, sign: 'c2lnbg==', sign_type: 'MD5' }),
      () => stranger,
      () => gateway.sign({ ...message, oid_partner: '201400000000000001' }),
    ])(),
    false,
  );
}

function forgedSuccess(world: World, noRefund: string): string {
  const { random, gateway } = world;
  const stranger = () => gateway.sign({ ...success(world, noRefund), no_refund: `${noRefund}x` });
  return toJson(random.chance(0.2) ? stranger() : forgery(world, noRefund), false);
}

function success({ random, table }: World, noRefund: string): Message {
  const { money_refund = '1.00', dt_refund = '20260105100000' } = table.items.get(noRefund) ?? {};
  return {
    ret_code: '0000',
    ret_msg: '交易成功',
    oid_partner: OID_PARTNER,
    oid_refundno: '2026010500009999',
    sta_refund: random.pick(['0', '2', '3']),
    no_refund: noRefund,
    money_refund,
    dt_refund,
  };
}

function forgery(world: World, noRefund: string): Message {
  const message = success(world, noRefund);
  const { gateway, random } = world;
  return random.pick<() => Message>([
    () => message,
    () => signed(message, KEYS.attacker.privateKey),
    () => ({ ...message, sign: 'c2lnbg==', sign_type: 'MD5' }),
    () => ({ ...gateway.sign({ ...message, sta_refund: '1' }), sta_refund: '3' }),
    () => gateway.sign({ ...message, oid_partner: '201400000000000001' }),
    () => reshaped(gateway.sign(message)),
  ])();
}

/** What the gateway has signed, cut into other fields: the prose swallows what sorts after it. */
function reshaped({ settle_date, sign_type, sta_refund, ...rest }: Message): Message {
  const swallowed = Object.entries({ settle_date, sign_type, sta_refund }).filter(([, value]) => value);
  return { ...rest, ret_msg: [rest.ret_msg, ...swallowed.map((pair) => pair.join('='))].join('&') };
}

/** A notification that isn't the gateway's, or not for this merchant. */
export function forgedNotification(world: World, noRefund: string): string {
  return toJson(forgery(world, noRefund), false);
}
