import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { close, listen } from '../../sandbox/http.ts';

/** What becomes of one request on its way. */
export type Fault = 'pass' | 'hang' | 'lose-request' | 'lose-answer' | 'refuse' | 'fail' | 'fail-condition';

const errors: Partial<Record<Fault, [status: number, type: string]>> = {
  refuse: [400, 'AccessDeniedException'],
  fail: [500, 'InternalServerError'],
  // Without the item that it met, which DynamoDB never leaves out.
  'fail-condition': [400, 'ConditionalCheckFailedException'],
};

/** A proxy in front of a local AWS endpoint that counts, delays and loses. */
export interface FaultProxy {
  readonly endpoint: string;
  /** The operations that came in, in order, for example `PutItem`. */
  readonly operations: string[];
  /** Decides on each request to come; without it, all pass. */
  injectFaults(decide: ((operation: string, index: number) => Fault) | undefined): void;
  stop(): Promise<void>;
}

/** Starts a proxy for an HTTP endpoint on this machine. */
export async function startFaultProxy(endpoint: string): Promise<FaultProxy> {
  const operations: string[] = [];
  let decide: ((operation: string, index: number) => Fault) | undefined;
  const server = createServer((incoming, outgoing) => {
    const operation = String(incoming.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const index = operations.push(operation) - 1;
    const fate = decide?.(operation, index) ?? 'pass';
    if (fate === 'hang') return;
    if (fate === 'lose-request') return void incoming.socket.destroy();
    const error = errors[fate];
    if (error) {
      const [status, __type] = error;
      return void outgoing.writeHead(status).end(JSON.stringify({ __type }));
    }
    forward(endpoint, incoming, outgoing, fate === 'lose-answer');
  });
  return {
    endpoint: await listen(server, 0, 'a proxy'),
    operations,
    injectFaults: (by) => {
      decide = by;
    },
    stop: () => close(server),
  };
}

function forward(
  endpoint: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  loseAnswer: boolean,
): void {
  const { method, headers, url = '/' } = incoming;
  const onward = request(new URL(url, endpoint), { method, headers }, (answer) => {
    if (loseAnswer) {
      answer.resume();
      answer.on('end', () => incoming.socket.destroy());
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => incoming.socket.destroy());
  incoming.pipe(onward);
}
