import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import dynalite from 'dynalite';
import { close, listen, readBody } from '../http.ts';
import { withStream } from './described-stream.ts';
import type { Call, Reply } from './items.ts';
import { type ChangeLogs, logged } from './logged-writes.ts';
import { withOldItem } from './old-item.ts';
import { answerStreams } from './streams-api.ts';

const engineName = "the sandbox's DynamoDB";
const streamsApi = 'DynamoDBStreams_20120810';

/**
 * Starts dynalite in this process, behind a proxy that adds what dynalite lacks: the old item of a failed condition,
 * and streams.
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
  const logs: ChangeLogs = new Map();
  // One request at a time: no write may come between another write, or its failed condition, and the reads of the item.
  let last: Promise<unknown> = Promise.resolve();
  return createServer(async (request, response) => {
    const input = await readBody(request).catch(() => undefined);
    if (!input) return;
    const reply = last.then(() => perform(engineUrl, request.headers, input.toString(), logs));
    last = reply.catch(() => {});
    reply.then(
      ({ status, body }) =>
        response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' }).end(body),
      () => response.destroy(),
    );
  });
}

async function perform(
  engineUrl: string,
  headers: IncomingHttpHeaders,
  body: string,
  logs: ChangeLogs,
): Promise<Reply> {
  const target = String(headers['x-amz-target'] ?? '');
  const [api, operation = ''] = target.split('.');
  const input = parsed(body);
  if (api === streamsApi) return answerStreams(operation, input, logs);

  const call: Call = (name, value) => send(engineUrl, headers, `${api}.${name}`, JSON.stringify(value));
  const reply = await logged(operation, input, logs, call, () => send(engineUrl, headers, target, body));
  return withStream(operation, input, await withOldItem(input, reply, call), logs);
}

/** The engine itself refuses what is no JSON. */
function parsed(body: string): object {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

async function send(
  engineUrl: string,
  headers: IncomingHttpHeaders,
  target: string,
  body: string,
): Promise<Reply> {
  const response = await fetch(engineUrl, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': target,
      Authorization: headers.authorization ?? '',
      'X-Amz-Date': String(headers['x-amz-date'] ?? ''),
    },
    body,
  });
  return { status: response.status, body: await response.text() };
}
