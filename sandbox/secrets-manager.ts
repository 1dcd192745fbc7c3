import { randomUUID } from 'node:crypto';
import { type AwsEndpoint, AwsError, startAwsEndpoint } from './aws/endpoint.ts';

/** Secrets Manager's `GetSecretValue`. */
export interface SecretsManager extends AwsEndpoint {
  /** Sets a secret's text, as a rotation does. */
  set(id: string, text: string): void;
  /** The number of requests for the secret, also those that failed. */
  requestCount(id: string): number;
}

export interface SecretsManagerOptions {
  /** 0 means any free port. */
  readonly port: number;
  /** The text of each secret, by its id. */
  readonly secrets: Record<string, string>;
}

/**
 * Starts Secrets Manager.
 * @throws Error that names the port, when it is in use
 */
export async function startSecretsManager({ port, secrets }: SecretsManagerOptions): Promise<SecretsManager> {
  const texts = new Map(Object.entries(secrets));
  const server = await startAwsEndpoint({
    port,
    name: 'Secrets Manager',
    target: 'secretsmanager',
    operations: {
      GetSecretValue: ({ SecretId }: { SecretId: string }) => {
        const text = texts.get(SecretId);
        if (text !== undefined) return secretValue(SecretId, text);
        const known = [...texts.keys()].join(', ');
        throw new AwsError('ResourceNotFoundException', `No secret ${SecretId}; there are: ${known}.`);
      },
    },
  });
  return {
    ...server,
    set: (id, text) => void texts.set(id, text),
    requestCount: (id) => server.requests.filter(({ input }) => input.SecretId === id).length,
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
