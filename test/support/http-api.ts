import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { close, listen, readBody } from '../../sandbox/http.ts';
import type { HttpAnswer } from '../../shared/entry/http-event.ts';
import { type ApiGateway, httpEvent } from './api-gateway.ts';

/** A route of the HTTP API, as serverless.yml has it. */
export interface Route {
  functionName: string;
  method: string;
  path: string;
  /** Whether only requests that are signed for IAM come through. */
  isSigned: boolean;
}

interface Functions {
  [name: string]: { events: { httpApi?: { method: string; path: string; authorizer?: { type: string } } }[] };
}

const { functions } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' }) as {
  functions: Functions;
};

export const routes: readonly Route[] = Object.entries(functions).flatMap(([functionName, { events }]) =>
  events.flatMap(({ httpApi }) => {
    if (!httpApi) return [];
    const { method, path, authorizer } = httpApi;
    return [{ functionName, method, path, isSigned: authorizer?.type === 'aws_iam' }];
  }),
);

/** Calls a function with an event of the HTTP API. */
export type InvokeRoute = (functionName: string, event: object) => Promise<HttpAnswer>;

/** An HTTP server with every route, in the place of API Gateway. It asks for no signature. */
export async function startHttpApi(invoke: InvokeRoute): Promise<ApiGateway> {
  const server = createServer(async (request, response) => {
    const { statusCode, headers, body } = await answerTo(request, await readBody(request), invoke);
    response.writeHead(statusCode, headers).end(body);
  });
  return { url: await listen(server, 0, 'the HTTP API'), stop: () => close(server) };
}

const byGateway = (statusCode: number, message: string): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
});

async function answerTo(request: IncomingMessage, body: Buffer, invoke: InvokeRoute): Promise<HttpAnswer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api');
  const found = routeOf(request.method ?? '', pathname);
  if (!found) return byGateway(404, 'Not Found');
  const parameters = Object.fromEntries(searchParams);
  try {
    return await invoke(found.route.functionName, {
      ...httpEvent(found.route.method, pathname, body, request.socket.remoteAddress),
      pathParameters: found.pathParameters,
      ...(searchParams.size > 0 && {
        queryStringParameters: parameters,
        rawQueryString: String(searchParams),
      }),
    });
  } catch {
    return byGateway(500, 'Internal Server Error');
  }
}

function routeOf(method: string, pathname: string) {
  for (const route of routes) {
    const pattern = route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(pathname);
    if (!match || route.method !== method) continue;
    const pathParameters = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
    return { route, pathParameters };
  }
  return undefined;
}
