import { createServer, type IncomingHttpHeaders } from 'node:http';
import { close, listen, readBody } from '../../sandbox/http.ts';

/** A request as it came over the socket. */
export interface Received {
  method: string;
  /** Path and query, as they came. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a server does with one request: an answer, or a fault. */
export type Step = [status: number, body?: object | string] | 'break' | 'half' | 'hang';

export interface ScriptedServer {
  readonly url: string;
  readonly received: Received[];
  stop(): Promise<void>;
}

/** A server that answers one request after the other as it is told; the last step holds for all further ones. */
export async function startScript(steps: readonly Step[]): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    received.push({ method, url, headers, body: String(await readBody(request)) });
    const step = steps[Math.min(received.length, steps.length) - 1];
    if (step === undefined || step === 'hang') return;
    if (step === 'break') return void request.socket.destroy();
    if (step === 'half') {
      response.writeHead(200, { 'content-length': 100 }).write('{"no_refund":');
      return void setTimeout(() => request.socket.destroy(), 20);
    }
    const [status, body = ''] = step;
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {});
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return { url: await listen(server, 0, 'a script'), received, stop: () => close(server) };
}
