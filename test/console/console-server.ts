import { type IncomingHttpHeaders, request } from 'node:http';
import type { Access } from '../../console/access.ts';
import { type ConsoleServer, startConsole } from '../../console/server.ts';
import type { Shown } from '../../console/shown.ts';

const refund = {
  no_refund: 'r-1',
  kind: 'refund',
  status: 'PROCESSING',
  version: 2,
  created_at: '2026-11-26T01:00:00.000Z',
  updated_at: '2026-11-26T01:00:00.000Z',
} as const;

/** What the service behind the console was asked for. */
export type Asked = [what: string, ...given: unknown[]][];

/** A service without troubles, of a deployed stage; `gateway` makes it the sandbox. */
export function shownService(asked: Asked, more: Partial<Shown> = {}): Shown {
  const told = <T>(answer: T, ...call: Asked[number]) => {
    asked.push(call);
    return answer;
  };
  return {
    about: { isSandbox: false, name: 'prod', hasKeys: false, pauseMs: 5_000, behaviours: [] },
    client: {
      apply: async (input) => told({ outcome: 'open', refund }, 'apply', input),
      applyExchange: async (input) => told({ outcome: 'open', refund }, 'applyExchange', input),
      get: async (noRefund, { refresh } = {}) =>
        told(
          { ...refund, no_refund: noRefund, ...(refresh && { refreshed: true }) },
          'get',
          noRefund,
          refresh,
        ),
      async *history(noRefund) {
        yield told({ at: refund.created_at, code: 'refund.created', text: 'recorded' }, 'history', noRefund);
      },
      async *list(query, { next } = {}) {
        yield told({ refunds: [refund], next: 'further' }, 'list', query, next);
      },
      waitForEnd: async () => refund,
    },
    keys: [],
    ...more,
  };
}

/** A sandbox's gateway. */
export const sandboxGateway = (asked: Asked): NonNullable<Shown['gateway']> => ({
  behaviours: async () => [],
  books: async (noRefund) => {
    asked.push(['books', noRefund]);
    return { payments: [], events: [] };
  },
  notifications: async () => [],
  notification: async (id) => ({ id, no_refund: 'r-1', at: '', url: '', attempt: 1, text: '' }),
  resend: async (id) => {
    asked.push(['resend', id]);
    return { id, no_refund: 'r-1', at: '', url: '', attempt: 1, text: '' };
  },
  send: async () => ({ id: 'n', no_refund: 'r-1', at: '', url: '', attempt: 1, text: '' }),
});

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

interface Asking {
  method?: string;
  /** As it goes over the wire, whatever it is. */
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends a request as it is: with headers that no browser lets a page set. */
export function send(port: number, { method = 'GET', path = '/console', headers = {}, body = '' }: Asking) {
  const length = body && { 'content-length': Buffer.byteLength(body) };
  return new Promise<Answer>((done, fail) => {
    const asked = request(
      { host: '127.0.0.1', port, method, path, headers: { ...headers, ...length } },
      async (response) => {
        response.setEncoding('utf8');
        let text = '';
        for await (const part of response) text += part;
        done({ status: response.statusCode ?? 0, headers: response.headers, text });
      },
    );
    asked.once('error', fail);
    asked.end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** A console that runs, and what sends requests to it. */
export interface RunningConsole extends ConsoleServer {
  port: number;
  /** With these headers too. */
  ask(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: string, headers?: Record<string, string>): Promise<Answer>;
}

export async function runConsole(shown: Shown, access?: Access): Promise<RunningConsole> {
  const server = await startConsole(shown, { port: 0, ...(access && { access }) });
  const port = Number(new URL(server.url).port);
  return {
    ...server,
    port,
    ask: (path, headers) => send(port, { path, ...(headers && { headers }) }),
    post: (path, body = '{}', headers = {}) =>
      send(port, { method: 'POST', path, headers: { ...JSON_TYPE, ...headers }, body }),
  };
}
