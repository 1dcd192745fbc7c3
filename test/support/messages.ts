import type { Gateway } from '../../sandbox/gateway/gateway.ts';
import { toJson } from '../../sandbox/gateway/message-format.ts';

/** Values that replace the normal ones; `undefined` leaves the field out. */
export type Overrides = Record<string, string | undefined>;

const example = {
  ret_code: '0000',
  ret_msg: '交易成功',
  oid_partner: '201103171000000000',
  dt_refund: '20260102030405',
  money_refund: '200.10',
  oid_refundno: '2026010200000001',
  sta_refund: '2',
  settle_date: '20260103',
};

/** The fields of a notification about a refund: from the gateway's ledger, or else from an example. */
export function messageFields(
  gateway: Gateway,
  noRefund: string,
  overrides: Overrides = {},
): Record<string, string> {
  const known = gateway.ledgerEntry(noRefund)?.fields ?? { ...example, no_refund: noRefund };
  const merged = Object.entries({ ...known, ...overrides });
  return Object.fromEntries(merged.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** The text of a notification that the gateway has signed. */
export function signedMessage(gateway: Gateway, noRefund: string, overrides: Overrides = {}): string {
  return gateway.signMessage(messageFields(gateway, noRefund, overrides));
}

/** A signed message with its numbers unquoted, as some of the gateway's are. */
export function withBareNumbers(message: string): string {
  return toJson(JSON.parse(message), true);
}
