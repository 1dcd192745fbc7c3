import type { AppliedRefund, Refund } from '../domain/refund.ts';
import type { Fields } from '../signing/fields.ts';

/** Where the gateway is: two hosts, the real ones unless the settings say otherwise. */
export interface GatewayUrls {
  trader: string;
  query: string;
}

const APPLY_PATHS: Record<AppliedRefund['kind'], string> = {
  refund: 'refund.htm',
  'exchange-refund': 'exchangerefund.htm',
};

/** One operation, one URL: there is no falling back from one to another. */
export function applyUrl(urls: GatewayUrls, kind: AppliedRefund['kind']): URL {
  return endpoint(urls.trader, APPLY_PATHS[kind]);
}

export function queryUrl(urls: GatewayUrls): URL {
  return endpoint(urls.query, 'refundquery.htm');
}

const endpoints = new Map<string, URL>();

function endpoint(base: string, path: string): URL {
  const text = base.endsWith('/') ? base + path : `${base}/${path}`;
  const url = endpoints.get(text) ?? new URL(text);
  endpoints.set(text, url);
  return url;
}

/** What an application sends: read off the record alone, so that every attempt sends the same. */
export function applyFields(refund: AppliedRefund): Fields {
  const { oid_partner, no_refund, dt_refund, money_refund, no_order, dt_order, oid_paybill, notify_url } =
    refund;
  return present({
    oid_partner,
    no_refund,
    dt_refund,
    money_refund,
    no_order,
    dt_order,
    oid_paybill,
    notify_url,
  });
}

/** What a query sends. Its answer tells of either kind of refund. */
export function queryFields({ oid_partner, no_refund, dt_refund }: Refund): Fields {
  return present({ oid_partner, no_refund, dt_refund });
}

function present(fields: Record<string, string | undefined>): Fields {
  return new Map(Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
