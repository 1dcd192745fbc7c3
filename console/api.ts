import type { Application, ListQuery, RefundClient } from '../client/index.ts';
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
    if (route === 'GET refunds') return pageOf(client, query);
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

async function pageOf(client: RefundClient, { next, ...query }: Call['query']): Promise<ListAnswer> {
  // The service itself says what is wrong with a query.
  const list = query as unknown as ListQuery;
  for await (const page of client.list(list, next === undefined ? {} : { next })) return page;
  return { refunds: [] };
}

function applied(client: RefundClient, { kind, ...input }: Call['body']) {
  const application = input as unknown as Application;
  return kind === 'exchange-refund' ? client.applyExchange(application) : client.apply(application);
}
