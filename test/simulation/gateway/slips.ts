import type { Random } from '../random.ts';
import type { Message } from './wire.ts';

/** Something signed that can't be true besides what was said, or that says too little. */
export function slip(random: Random, message: Message): Message {
  const { sta_refund = '', oid_refundno: _number, ...rest } = message;
  return random.pick<() => Message>([
    () => ({ ...rest, sta_refund, money_refund: '0.01' }),
    () => ({ ...rest, sta_refund, dt_refund: '20250101000000' }),
    () => ({ ...message, oid_refundno: OTHER_NUMBER }),
    () => ({ ...message, oid_refundno: OTHER_NUMBER }),
    () => ({ ...message, sta_refund: sta_refund === '2' ? '3' : '2' }),
    () => ({ ...rest, sta_refund, ret_code: '9999', ret_msg: '系统错误' }),
    () => ({ ...rest, sta_refund: '' }),
    () => ({ ...message, sta_refund: '', oid_refundno: OTHER_NUMBER }),
    () => ({ ...rest, sta_refund, money_refund: '' }),
    () => ({ ...message, sta_refund: sta_refund === '2' ? '3' : '2', money_refund: '' }),
  ])() as Message;
}

/** Another payment's. */
const OTHER_NUMBER = '2026010599999999';

/** Something signed whose fields don't have their documented form, or could be cut into others. */
export function malformed(random: Random, message: Message): Message {
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
