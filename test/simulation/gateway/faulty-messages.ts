import type { Random } from '../random.ts';
import type { Message } from './wire.ts';

/** The gateway's number of another refund. */
const OTHER_OID_REFUNDNO = '2026010599999999';

/** A message that contradicts what the gateway has signed before, or that is incomplete. */
export function inconsistentMessage(random: Random, message: Message): Message {
  const { sta_refund = '', oid_refundno: _number, ...rest } = message;
  const otherEnd = sta_refund === '2' ? '3' : '2';
  return random.pick<() => Message>([
    () => ({ ...rest, sta_refund, money_refund: '0.01' }),
    () => ({ ...rest, sta_refund, dt_refund: '20250101000000' }),
    () => ({ ...message, oid_refundno: OTHER_OID_REFUNDNO }),
    () => ({ ...message, oid_refundno: OTHER_OID_REFUNDNO }),
    () => ({ ...message, sta_refund: otherEnd }),
    () => ({ ...rest, sta_refund, ret_code: '9999', ret_msg: '系统错误' }),
    () => ({ ...rest, sta_refund: '' }),
    () => ({ ...message, sta_refund: '', oid_refundno: OTHER_OID_REFUNDNO }),
    () => ({ ...rest, sta_refund, money_refund: '' }),
    () => ({ ...message, sta_refund: otherEnd, money_refund: '' }),
  ])() as Message;
}

/** A message whose fields don't have their documented form, or whose signed text is ambiguous. */
export function malformedMessage(random: Random, message: Message): Message {
  return {
    ...message,
    ...random.pick<Message>([
      { sta_refund: '7' },
      { sta_refund: '02' },
      { oid_refundno: '2026&sta_refund=3' },
      { settle_date: '20260106&x=1' },
      { money_refund: '200.105' },
      { money_refund: '0.00' },
      { dt_refund: '20261332000000' },
      { settle_date: '20260230' },
      { 'note=1&x': '1' },
    ]),
  };
}
