import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** One fetch, the SDK's own repetitions included, in milliseconds: a notification must be decided within 4 s. */
const FIRST_FETCH_MS = 2_500;

/** A fetch while an old key can serve: it may stand between an answer and its record. */
const REFRESH_MS = 1_000;

/**
 * The text of a secret.
 *
 * @throws Error where Secrets Manager doesn't hand it out in time
 */
export async function fetchSecret(
  client: SecretsManagerClient,
  secretId: string,
  isRefresh: boolean,
): Promise<string> {
  const secret = await client.send(new GetSecretValueCommand({ SecretId: secretId }), {
    abortSignal: AbortSignal.timeout(isRefresh ? REFRESH_MS : FIRST_FETCH_MS),
  });
  return secret.SecretString ?? Buffer.from(secret.SecretBinary ?? []).toString();
}
