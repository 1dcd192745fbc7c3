import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { close, listen } from '../../sandbox/http.ts';

/** What the proxy does with one request. */
export type Fault = 'pass' | 'hang' | 'lose-request' | 'lose-answer' | 'refuse' | 'fail' | 'fail-condition';

const errors: Partial<Record<Fault, [status: number, type: string]>> = {
  refuse: [400, 'AccessDeniedException'],
  fail: [500, 'InternalServerError'],
  // Without the old item, which DynamoDB itself always returns.
  'fail-condition': [400, 'ConditionalCheckFailedException'],
};

/** Write units of one request, on the table and on its indexes. */
interface Units {
  table: number;
  index: number;
}

/** A proxy in front of a local AWS endpoint that records requests and injects faults. */
export interface FaultProxy {
  readonly endpoint: string;
  /** The operations that came in, in order, for example `PutItem`. */
  readonly operations: string[];
  /** The write units that DynamoDB says each write has consumed, in order. */
  readonly units: Units[];
  /** Decides on each later request; with undefined, all pass. */
  injectFaults(decide: ((operation: string, index: number) => Fault) | undefined): void;
  stop(): Promise<void>;
}

/** Starts a proxy for an HTTP endpoint on this machine. */
export async function startFaultProxy(endpoint: string): Promise<FaultProxy> {
  const operations: string[] = [];
  const units: Units[] = [];
  let decide: ((operation: string, index: number) => Fault) | undefined;
  const server = createServer((incoming, outgoing) => {
    const operation = String(incoming.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const index = operations.push(operation) - 1;
    const fault = decide?.(operation, index) ?? 'pass';
    if (fault === 'hang') return;
    if (fault === 'lose-request') return void incoming.socket.destroy();
    const error = errors[fault];
    if (error) {
      const [status, __type] = error;
      return void outgoing.writeHead(status).end(JSON.stringify({ __type }));
    }
    forward(endpoint, incoming, outgoing, fault === 'lose-answer', (answer) => {
      const consumed = unitsIn(answer);
      if (consumed) units.push(consumed);
    });
  });
  return {
    endpoint: await listen(server, 0, 'a proxy'),
    operations,
    units,
    injectFaults: (by) => {
      decide = by;
    },
    stop: () => close(server),
  };
}

async function forward(
  endpoint: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  loseAnswer: boolean,
  onAnswer: (body: Buffer) => void,
): Promise<void> {
  const { method, url = '/' } = incoming;
  const body = withUnitsAsked(await bytesOf(incoming));
  const headers = { ...incoming.headers, 'content-length': String(body.length) };
  const onward = request(new URL(url, endpoint), { method, headers }, async (answer) => {
    const answered = await bytesOf(answer);
    onAnswer(answered);
    if (loseAnswer) return void incoming.socket.destroy();
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(answered);
  });
  onward.on('error', () => incoming.socket.destroy());
  onward.end(body);
}

/** A write of DynamoDB's, with the request to tell what it consumes. */
function withUnitsAsked(body: Buffer): Buffer {
  const text = body.toString();
  return /^\{.*"TableName"/s.test(text) && /"(Item|UpdateExpression)"/.test(text)
    ? Buffer.from(`{"ReturnConsumedCapacity":"INDEXES",${text.slice(1)}`)
    : body;
}

function unitsIn(answer: Buffer): Units | undefined {
  const text = answer.toString();
  if (!text.includes('"ConsumedCapacity"')) return undefined;
  const { Table, GlobalSecondaryIndexes = {} } = JSON.parse(text).ConsumedCapacity;
  const indexes = Object.values(GlobalSecondaryIndexes) as { CapacityUnits: number }[];
  return {
    table: Table.CapacityUnits,
    index: indexes.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0),
  };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
