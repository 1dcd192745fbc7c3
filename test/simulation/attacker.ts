import type { Reply } from '../../shared/gateway/transport.ts';
import { type Message, signed, toJson } from './gateway/wire.ts';
import { KEYS } from './keys.ts';
import { OID_PARTNER } from './merchant.ts';
import { randomDelay } from './random-delay.ts';
import type { World } from './world.ts';

/** An answer that the gateway didn't give, or not about this refund. */
export function forgedReply(world: World, noRefund: string, isQuery: boolean): Reply {
  const { random, settings, history } = world;
  const isCode = random.chance(0.4);
  const isUnsignedCode = settings.hasImpostor && random.chance(0.5);
  const text = isUnsignedCode
    ? toJson({ ret_code: isQuery ? '8901' : '5006', ret_msg: '余额不足' }, false)
    : isCode
      ? forgedCode(world, noRefund, isQuery)
      : forgedSuccess(world, noRefund);
  if (isUnsignedCode) world.checks.onForgedCode(noRefund);
  history.add('attacker', () => `answers in the gateway's place: ${text.slice(0, 160)}`);
  return { status: 200, text };
}

/** The service may trust an unsigned code, but not one with a wrong signature, nor one about another refund. */
function forgedCode({ random, gateway }: World, noRefund: string, isQuery: boolean): string {
  const code = isQuery ? '8901' : '5006';
  const message = { ret_code: code, ret_msg: '失败', oid_partner: OID_PARTNER, no_refund: noRefund };
  const ofAnother = { ...message, no_refund: `${noRefund}x` };
  return toJson(
    random.pick<() => Message>([
      () => signed(message, KEYS.attacker.privateKey),
      () => ({ ...message, sign: 'c2lnbg==', sign_type: 'MD5' }),
      () => ofAnother,
      () => gateway.sign({ ...message, oid_partner: '201400000000000001' }),
    ])(),
    false,
  );
}

function forgedSuccess(world: World, noRefund: string): string {
  const { random, gateway } = world;
  const ofAnother = () => gateway.sign({ ...success(world, noRefund), no_refund: `${noRefund}x` });
  return toJson(random.chance(0.2) ? ofAnother() : forgery(world, noRefund), false);
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
    () => movedIntoRetMsg(gateway.sign(message)),
  ])();
}

/** A signed message whose fields after `ret_msg` are moved into `ret_msg`: the signed text stays the same. */
function movedIntoRetMsg({ settle_date, sign_type, sta_refund, ...rest }: Message): Message {
  const moved = Object.entries({ settle_date, sign_type, sta_refund }).filter(([, value]) => value);
  return { ...rest, ret_msg: [rest.ret_msg, ...moved.map((pair) => pair.join('='))].join('&') };
}

/** A notification that the gateway didn't send, or not for this merchant. */
export function forgedNotification(world: World, noRefund: string): string {
  return toJson(forgery(world, noRefund), false);
}

/** Posts notifications that the gateway never sent. */
export function startAttacker(world: World, noRefund: string): void {
  const { random, scheduler, faults, history } = world;
  for (let left = 3; left > 0; left -= 1) {
    if (!random.chance(faults.forgedNotification)) continue;
    scheduler.after(randomDelay(random, 4), () => {
      const text = forgedNotification(world, noRefund);
      history.add('attacker', () => `posts ${text.slice(0, 160)}`);
      world.notifyForged(text);
    });
  }
}
