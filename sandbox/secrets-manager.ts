import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, listen, readBody } from './http.ts';

/** How every request fails: with an HTTP status, or by never being answered. */
export type Failure = number | 'hang';

export interface SecretsManager {
  /** For `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
  readonly endpoint: string;
  /** Sets a secret's text, as a rotation does. */
  set(id: string, text: string): void;
  /** How often the secret was asked for, failures included. */
  requestCount(id: string): number;
  /** Makes every request fail; undefined ends that. */
  failWith(failure: Failure | undefined): void;
  close(): Promise<void>;
}

export interface SecretsManagerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** The text of each secret, by its id. */
  readonly secrets: Record<string, string>;
}

/**
 * Starts a server on 127.0.0.1 that speaks as much of Secrets Manager as `GetSecretValue`. It checks no credentials.
 * @throws Error that names the port, when it is taken
 */
export async function startSecretsManager({ port, secrets }: SecretsManagerOptions): Promise<SecretsManager> {
  const texts = new Map(Object.entries(secrets));
  const counts = new Map<string, number>();
  let failure: Failure | undefined;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
      return error(response, 400, 'UnknownOperationException', 'The sandbox knows GetSecretValue only.');
    }
    const id = String(JSON.parse(body.toString()).SecretId);
    counts.set(id, (counts.get(id) ?? 0) + 1);
    if (failure === 'hang') return;
    if (failure !== undefined) return error(response, failure, 'InternalServiceError', 'Asked to fail.');
    const text = texts.get(id);
    if (text === undefined) {
      const known = [...texts.keys()].join(', ');
      return error(response, 400, 'ResourceNotFoundException', `No secret ${id}; there are: ${known}.`);
    }
    send(response, 200, secretValue(id, text));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  return {
    endpoint: await listen(server, port, "the sandbox's Secrets Manager"),
    set: (id, text) => void texts.set(id, text),
    requestCount: (id) => counts.get(id) ?? 0,
    failWith: (value) => {
      failure = value;
    },
    close: () => close(server),
  };
}

function secretValue(id: string, text: string): object {
  return {
    ARN: `arn:aws:secretsmanager:ap-east-1:000000000000:secret:${id}`,
    Name: id,
    SecretString: text,
    VersionId: randomUUID(),
    VersionStages: ['AWSCURRENT'],
    CreatedDate: Date.now() / 1000,
  };
}

function error(response: ServerResponse, status: number, type: string, message: string): void {
  send(response, status, { __type: type, message });
}

function send(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
}
