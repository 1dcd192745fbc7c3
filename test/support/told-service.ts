import { createServer, type ServerResponse } from 'node:http';
import type { Refund, StoryEntry } from '../../client/index.ts';
import { close, listen } from '../../sandbox/http.ts';

/** A refund and its story, as a service tells them. */
export interface ToldRefund {
  refund: Refund;
  entries: StoryEntry[];
}

/** A service that tells what it is given, over HTTP. */
export interface ToldService {
  url: string;
  refunds: Map<string, ToldRefund>;
  /** The requests that came: method and path. */
  received: string[];
  /** Answers every request so, in place of its refunds. */
  failure?: [status: number, error: object];
  stop(): Promise<void>;
}

const PAGE = 3;

/** Starts a service with refunds; lists have all of them, three on a page. */
export async function startToldService(told: readonly ToldRefund[]): Promise<ToldService> {
  const refunds = new Map(told.map((one) => [one.refund.no_refund, one]));
  const server = createServer((request, response) => {
    service.received.push(`${request.method} ${request.url}`);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://service');
    const [, , id = '', what] = pathname.split('/').map(decodeURIComponent);
    const found = refunds.get(id);
    if (service.failure) answer(response, ...service.failure);
    else if (!id) answer(response, 200, listed([...refunds.values()], searchParams));
    else if (!found) answer(response, 404, NOT_FOUND);
    else if (what === 'history') answer(response, 200, { no_refund: id, entries: found.entries });
    else answer(response, 200, { ...found.refund, ...(searchParams.has('refresh') && { refreshed: true }) });
  });
  const url = await listen(server, 0, 'a service');
  const service: ToldService = { url, refunds, received: [], stop: () => close(server) };
  return service;
}

function listed(told: readonly ToldRefund[], query: URLSearchParams) {
  const begin = Number(query.get('next') ?? 0);
  const end = begin + PAGE;
  const isLast = end >= told.length;
  return {
    refunds: told.slice(begin, end).map(({ refund }) => refund),
    ...(isLast ? query.has('no_order') && { totals: TOTALS } : { next: String(end) }),
  };
}

const TOTALS = { succeeded: '3.00', open: '2.00', failed: '0.00', rejected: '1.00' };

const NOT_FOUND = { error: { name: 'RefundNotFound', message: 'There is no refund of this number.' } };

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
