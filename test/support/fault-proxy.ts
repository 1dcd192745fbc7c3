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

/** A proxy in front of a local AWS endpoint that records requests and injects faults. */
export interface FaultProxy {
  readonly endpoint: string;
  /** The operations that came in, in order, for example `PutItem`. */
  readonly operations: string[];
  /** Decides on each later request; with undefined, all pass. */
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
    const fault = decide?.(operation, index) ?? 'pass';
    if (fault === 'hang') return;
    if (fault === 'lose-request') return void incoming.socket.destroy();
    const error = errors[fault];
    if (error) {
      const [status, __type] = error;
      return void outgoing.writeHead(status).end(JSON.stringify({ __type }));
    }
    forward(endpoint, incoming, outgoing, fault === 'lose-answer');
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
