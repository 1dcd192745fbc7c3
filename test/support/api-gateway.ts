import { createServer } from 'node:http';
import { close, listen, readBody } from '../../sandbox/http.ts';
import type { HttpAnswer } from '../../shared/entry/http-event.ts';
import type { InvokeOptions, Lambda } from './lambda.ts';

/** An HTTP API's event, payload 2.0. */
export function httpEvent(
  method: string,
  path: string,
  body: string | Buffer,
  sourceIp = '127.0.0.1',
): object {
  const isBase64Encoded = Buffer.isBuffer(body);
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    headers: { 'content-type': 'text/json;charset=utf-8' },
    requestContext: { http: { method, path, sourceIp }, stage: '$default' },
    body: isBase64Encoded ? body.toString('base64') : body,
    isBase64Encoded,
  };
}

/** The same request as a REST API's event, payload 1.0. */
export function restEvent(method: string, path: string, body: string, sourceIp = '127.0.0.1'): object {
  return {
    resource: path,
    path,
    httpMethod: method,
    headers: { 'content-type': 'application/json' },
    requestContext: { httpMethod: method, path, identity: { sourceIp }, stage: 'dev' },
    body,
    isBase64Encoded: false,
  };
}

/** An HTTP response with its parsed body. */
export interface HttpResult {
  statusCode: number;
  body: Record<string, unknown> & { error?: Record<string, unknown> };
}

/** Invokes a function as API Gateway does for a POST, and reads the answer. */
export async function post(
  lambda: Lambda,
  path: string,
  input: object | string,
  options?: InvokeOptions,
): Promise<HttpResult> {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const answer = await lambda.invoke<HttpAnswer & Record<string, unknown>>(
    httpEvent('POST', path, text),
    options,
  );
  return { statusCode: answer.statusCode, body: JSON.parse(answer.body) };
}

export interface ApiGateway {
  readonly url: string;
  stop(): Promise<void>;
}

/** An HTTP server in front of one function, in the place of API Gateway: notifications need a URL. */
export async function startApiGateway(invoke: (event: object) => Promise<HttpAnswer>): Promise<ApiGateway> {
  const server = createServer(async (request, response) => {
    try {
      const { method = '', url = '', socket } = request;
      const answer = await invoke(httpEvent(method, url, await readBody(request), socket.remoteAddress));
      response.writeHead(answer.statusCode, answer.headers).end(answer.body);
    } catch {
      // Also where the client has closed the connection.
      response.writeHead(502).end();
    }
  });
  return { url: await listen(server, 0, 'the API'), stop: () => close(server) };
}
