import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Refund, StoryEntry } from '../../client/index.ts';
import { close, listen } from '../../sandbox/http.ts';

/** A refund and its story, as a service tells them. */
export interface ToldRefund {
  /** Missing where the record was deleted. */
  refund?: Refund;
  entries: StoryEntry[];
}

/** A service that tells what it is given, over HTTP. */
export interface ToldService {
  url: string;
  refunds: Map<string, ToldRefund>;
  /** The requests that came: method and path. */
  received: string[];
  /** What was applied for. */
  applied: object[];
  /** So long an application or a query takes, milliseconds. */
  slowMs: number;
  /** Answers every request so, in place of its refunds. */
  failure?: [status: number, error: object];
  stop(): Promise<void>;
}

const PAGE = 3;

/** Starts a service with refunds, each by its number; lists have all of them, three on a page. */
export async function startToldService(told: Readonly<Record<string, ToldRefund>>): Promise<ToldService> {
  const refunds = new Map(Object.entries(told));
  const server = createServer(async (request, response) => {
    service.received.push(`${request.method} ${request.url}`);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://service');
    const [, , id = '', what] = pathname.split('/').map(decodeURIComponent);
    const found = refunds.get(id);
    const isCommand = request.method === 'POST' || searchParams.has('refresh');
    if (isCommand) await new Promise((done) => setTimeout(done, service.slowMs));
    if (service.failure) answer(response, ...service.failure);
    else if (request.method === 'POST') answer(response, 202, await applied(request, service));
    else if (!id) answer(response, 200, listed([...refunds.values()], searchParams));
    else if (what === 'history' && found) answer(response, 200, { no_refund: id, entries: found.entries });
    else if (!found?.refund) answer(response, 404, NOT_FOUND);
    else answer(response, 200, { ...found.refund, ...(searchParams.has('refresh') && { refreshed: true }) });
  });
  const url = await listen(server, 0, 'a service');
  const stop = () => close(server);
  const service: ToldService = { url, refunds, received: [], applied: [], slowMs: 0, stop };
  return service;
}

/** Whatever is applied for is recorded, and nothing more becomes of it. */
async function applied(request: IncomingMessage, service: ToldService): Promise<object> {
  let text = '';
  for await (const part of request) text += part;
  const application = JSON.parse(text);
  service.applied.push(application);
  return { ...application, status: 'REQUESTED' };
}

function listed(told: readonly ToldRefund[], query: URLSearchParams) {
  const refunds = told.flatMap(({ refund }) => refund ?? []);
  const begin = Number(query.get('next') ?? 0);
  const end = begin + PAGE;
  const isLast = end >= refunds.length;
  return {
    refunds: refunds.slice(begin, end),
    ...(isLast ? query.has('no_order') && { totals: TOTALS } : { next: String(end) }),
  };
}

const TOTALS = { succeeded: '3.00', open: '2.00', failed: '0.00', rejected: '1.00' };

const NOT_FOUND = { error: { name: 'RefundNotFound', message: 'There is no refund of this number.' } };

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
