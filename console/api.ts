import type { Application, ListQuery, Refund, RefundClient } from '../client/index.ts';
import type { Call } from './call.ts';
import type { GatewayAnswer, ListAnswer } from './protocol.ts';
import type { Shown } from './shown.ts';
import { refundWithStory } from './story.ts';

/** Answers the page's calls; undefined where there is nothing at the path. */
export type Api = (call: Call) => Promise<object | undefined>;

/** What the page may ask for. Whatever reaches the service goes through its client, as any caller's requests do. */
export function apiFor(shown: Shown): Api {
  const { about, client, keys } = shown;
  const sandboxOnly = ofSandbox(shown);
  return async (call) => {
    const { method, path, query } = call;
    const [what, id = '', more] = path;
    const route = `${method} ${what}${id && '/…'}${more ? `/${more}` : ''}`;
    if (path.length > 3) return undefined;
    if (route === 'GET about') return about;
    if (route === 'GET refunds') return listed(client, query);
    if (route === 'GET refunds/…') return refundWithStory(client, keys, id);
    // It has the gateway asked, and what it says recorded.
    if (route === 'POST refunds/…/refresh') return client.get(id, { refresh: true });
    return sandboxOnly(route, id, call);
  };
}

function ofSandbox({ client, gateway }: Shown) {
  return async (route: string, id: string, { body }: Call): Promise<object | undefined> => {
    if (!gateway) return undefined;
    if (route === 'GET gateway/…') {
      const [books, notifications] = await Promise.all([gateway.books(id), gateway.notifications(id)]);
      return { books, notifications } satisfies GatewayAnswer;
    }
    if (route === 'POST notifications/…/resend') return gateway.resend(id);
    if (route === 'POST refunds') return applied(client, body);
    return undefined;
  };
}

/** More would be a list that nobody reads. */
const MAX_PAGES = 20;

/** The first pages of a list, as many as the page shows: all as they stand now, with the totals that go with them. */
async function listed(client: RefundClient, { pages = '1', ...query }: Call['query']): Promise<ListAnswer> {
  const count = Math.min(MAX_PAGES, Number(pages) || 1);
  const refunds = new Map<string, Refund>();
  let answer: Omit<ListAnswer, 'refunds'> = { goesOn: false };
  let read = 0;
  // The service itself says what is wrong with a query.
  for await (const { refunds: found, totals, next } of client.list(query as unknown as ListQuery)) {
    // A refund that moves while pages are read may be on two of them.
    for (const refund of found) refunds.set(refund.no_refund, refund);
    read += 1;
    const goesOn = next !== undefined;
    answer = { goesOn, ...(goesOn && read === MAX_PAGES && { isCut: true }), ...(totals && { totals }) };
    if (read >= count) break;
  }
  return { refunds: [...refunds.values()], ...answer };
}

function applied(client: RefundClient, { kind, ...input }: Call['body']) {
  const application = input as unknown as Application;
  return kind === 'exchange-refund' ? client.applyExchange(application) : client.apply(application);
}
