import type { ToldGateway } from './told-console.ts';
import { BEGIN } from './told-refunds.ts';

const at = (second: number) => new Date(BEGIN + second * 1_000).toISOString();

/** What a sandbox shows of every refund: a payment in the books, and two notifications. */
export const GATEWAY: ToldGateway = {
  books: {
    payments: [
      {
        ...{ kind: 'refund', oid_refundno: '2026112600000001', money_refund: '200.01', booked_at: at(0) },
        statuses: [{ sta_refund: '1', at: at(0) }],
      },
    ],
    events: [
      { at: at(0.1), type: 'request-received', text: 'receives the signed request at /refund.htm' },
      { at: at(0.2), type: 'booked', text: 'books 200.01 CNY as 2026112600000001' },
    ],
  },
  notifications: ['n-1', 'n-2'].map((id) => ({
    ...{
      id,
      no_refund: 'r-1',
      at: at(2),
      url: 'http://127.0.0.1:9',
      attempt: 1,
      text: '{"ret_code":"0000"}',
    },
    ...(id === 'n-1' && { acknowledged: true, http_status: 200, reply: '{}' }),
  })),
};
