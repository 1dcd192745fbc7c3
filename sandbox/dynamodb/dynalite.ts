import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import dynalite from 'dynalite';
import { close, listen, readBody } from '../http.ts';
import { type Reply, withOldItem } from './old-item.ts';

const engineName = "the sandbox's DynamoDB";

/**
 * Starts dynalite in this process, behind a proxy that adds the old item of a failed condition, which dynalite lacks.
 * @param port 0 means any free port
 */
export async function startDynalite(port: number): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const engine = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const engineUrl = await listen(engine, 0, engineName);
  const proxy = createProxy(engineUrl);
  try {
    return { endpoint: await listen(proxy, port, engineName), stop };
  } catch (error) {
    await close(engine);
    throw error;
  }

  async function stop(): Promise<void> {
    await close(proxy);
    await close(engine);
  }
}

function createProxy(engineUrl: string): Server {
  // One request at a time: no write may come between a failed condition and the read of the old item.
  let last: Promise<unknown> = Promise.resolve();
  return createServer(async (request, response) => {
    const input = await readBody(request).catch(() => undefined);
    if (!input) return;
    const reply = last.then(() => perform(engineUrl, request.headers, input.toString()));
    last = reply.catch(() => {});
    reply.then(
      ({ status, body }) =>
        response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' }).end(body),
      () => response.destroy(),
    );
  });
}

async function perform(engineUrl: string, headers: IncomingHttpHeaders, input: string): Promise<Reply> {
  const target = String(headers['x-amz-target'] ?? '');
  const prefix = target.slice(0, target.indexOf('.') + 1);
  const send = async (name: string, body: string) => {
    const response = await fetch(engineUrl, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': name,
        Authorization: headers.authorization ?? '',
        'X-Amz-Date': String(headers['x-amz-date'] ?? ''),
      },
      body,
    });
    return { status: response.status, body: await response.text() };
  };
  const reply = await send(target, input);
  return withOldItem(input, reply, (operation, value) => send(prefix + operation, JSON.stringify(value)));
}
