/** Where in the console somebody is: the part of the address behind `#`. */
export interface Route {
  page: 'list' | 'refund' | 'apply';
  /** Of the page `refund`. */
  noRefund: string;
  /** Of the page `list`. */
  query: Record<string, string>;
}

/** Reads an address such as `#/refunds/r-1` or `#/refunds?day=20261126`. */
export function routeIn(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [what, noRefund = ''] = path.split('/');
  const query = Object.fromEntries(new URLSearchParams(search));
  if (what === 'apply') return { page: 'apply', noRefund: '', query };
  if (what === 'refunds' && noRefund) return { page: 'refund', noRefund: decoded(noRefund), query };
  return { page: 'list', noRefund: '', query };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const refundAddress = (noRefund: string) => `#/refunds/${encodeURIComponent(noRefund)}`;

export const listAddress = (query: Record<string, string>) => `#/refunds?${new URLSearchParams(query)}`;

export const applyAddress = '#/apply';
