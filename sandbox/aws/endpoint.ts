import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, listen, readBody } from '../http.ts';

/** How every request fails: with an HTTP status, or without an answer. */
type Failure = number | 'hang';

/** A request as it came in, also one that failed. */
interface AwsRequest {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A server on 127.0.0.1 with some operations of an AWS service, over its JSON protocol. It checks no credentials. */
export interface AwsEndpoint {
  /** For the SDK's `AWS_ENDPOINT_URL_…`. */
  readonly endpoint: string;
  /** Every request, also those that failed. */
  readonly requests: readonly AwsRequest[];
  /** Makes every request fail, until it is called with undefined. */
  failWith(failure: Failure | undefined): void;
  close(): Promise<void>;
}

/** An error in AWS's form; thrown by an operation. */
export class AwsError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export interface AwsService {
  /** 0 means any free port. */
  readonly port: number;
  /** Names the service in errors. */
  readonly name: string;
  /** The prefix of an operation's name in `X-Amz-Target`. */
  readonly target: string;
  readonly operations: Readonly<Record<string, (input: never) => object>>;
}

/**
 * Starts a service.
 * @throws Error that names the port, when it is in use
 */
export async function startAwsEndpoint({ port, name, target, operations }: AwsService): Promise<AwsEndpoint> {
  const requests: AwsRequest[] = [];
  let failure: Failure | undefined;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const [prefix, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const perform = prefix === target ? operations[operation] : undefined;
    const known = `The sandbox knows ${Object.keys(operations).join(' and ')} only.`;
    if (!perform) return refuse(response, 400, 'UnknownOperationException', known);
    const input = JSON.parse(body.toString());
    requests.push({ operation, input });
    if (failure === 'hang') return;
    if (failure !== undefined)
      return refuse(response, failure, 'InternalServiceError', 'The test makes requests fail.');
    try {
      answer(response, 200, perform(input as never));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      refuse(response, 400, error.type, error.message);
    }
  }

  const server = createServer((request, response) => {
    // The answer has the version of the JSON protocol that the request has.
    response.setHeader('Content-Type', request.headers['content-type'] ?? 'application/x-amz-json-1.1');
    serve(request, response).catch(() => response.destroy());
  });
  return {
    endpoint: await listen(server, port, `the sandbox's ${name}`),
    requests,
    failWith: (value) => {
      failure = value;
    },
    close: () => close(server),
  };
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  answer(response, status, { __type: type, message });
}

function answer(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status).end(JSON.stringify(value));
}
