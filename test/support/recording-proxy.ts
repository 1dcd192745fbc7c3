import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, listen, readBody } from '../../sandbox/http.ts';

/** One request to an AWS service, in its JSON protocol. */
export interface AwsCall {
  /** As in `X-Amz-Target`, without version: `DynamoDB`, `secretsmanager`, `AWSEvents` and so on. */
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface RecordingProxy {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts a proxy in front of a local AWS endpoint that reports each call. */
export async function startRecordingProxy(
  endpoint: string,
  onCall: (call: AwsCall) => void,
): Promise<RecordingProxy> {
  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const [service = '', operation = ''] = String(incoming.headers['x-amz-target']).split('.');
    onCall({ service: service.replace(/_\d+$/, ''), operation, input: JSON.parse(body.toString()) });
    const headers = new Headers({ 'accept-encoding': 'identity' });
    for (const name of ['authorization', 'content-type', 'x-amz-date', 'x-amz-target'])
      headers.set(name, String(incoming.headers[name]));
    const answer = await fetch(endpoint, { method: 'POST', headers, body });
    outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  return { endpoint: await listen(server, 0, 'a proxy'), stop: () => close(server) };
}
