import type { RequestDefaults } from '../../shared/domain/refund-request.ts';

export const defaults: RequestDefaults = {
  oidPartner: '201103171000000000',
  notifyUrl: 'https://merchant.example/refund-notifications',
  nowMs: Date.parse('2026-11-22T15:59:59.999Z'),
};

/** An application with the required fields alone. */
export const least = { no_refund: '2013051500005', money_refund: '200.01', oid_paybill: '2013051613121201' };

/** An application with every field. */
export const complete = {
  no_refund: '2013051500005',
  money_refund: '200.01',
  oid_paybill: '2013051613121201',
  no_order: '2013051500001',
  dt_order: '20130515094013',
  dt_refund: '20130515094018',
  notify_url: 'https://merchant.example/elsewhere?of=1&which=2',
  oid_partner: '201103171000000000',
  task_token: 'AAAAKgAAAAIAAA/+=',
};
