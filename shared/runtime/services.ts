import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock, Log, Store } from '../app/ports.ts';
import { ServiceUnavailable } from '../domain/errors.ts';
import { Cached } from '../signing/cached.ts';
import { fetchSecret } from '../signing/secrets.ts';
import { refundStore } from '../store/refund-store.ts';
import type { Config } from './config.ts';
import { logger } from './logger.ts';

export const clock: Clock = { nowMs: Date.now };

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One try of a call to AWS. Calls inside a region take some milliseconds; what takes longer than this is lost. A slow
 * answer should still be heard within the 4 s of a notification, and so should that of a second try after a
 * connection that could not be made.
 */
export const AWS_REQUEST = { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true };

/** A fence that no other attempt has: 96 random bits. */
export const newAttemptId = (): string => randomBytes(12).toString('base64url');

/** The lines of one invocation. */
export const logFor = (requestId: string): Log => logger(process.env, { request_id: requestId });

/** The table, for as long as an invocation may use it. */
export function storeOpener(config: Config): (deadlineMs: number) => Store {
  const client = new DynamoDBClient({ maxAttempts: 3, requestHandler: AWS_REQUEST });
  return (deadlineMs) => {
    const remainingMs = Math.max(0, deadlineMs - clock.nowMs());
    return refundStore(client, config.refundsTable, AbortSignal.timeout(remainingMs));
  };
}

/** Keys that live in secrets. */
export interface Keys {
  key<T>(secretId: string, read: (secret: string) => T): Cached<T>;
}

/** Keys from Secrets Manager, each fetched as soon as it is named: the fetch overlaps with what comes first. */
export function keysFrom(config: Config): Keys {
  const client = new SecretsManagerClient({ maxAttempts: 2, requestHandler: AWS_REQUEST });
  const log = logFor('');
  return {
    key: (secretId, read) => {
      const cached = new Cached({
        fetch: async (isRefresh) => readSecret(secretId, await fetched(client, secretId, isRefresh), read),
        nowMs: clock.nowMs,
        maxAgeMs: config.keyCacheMs,
        onFailure: (error) =>
          log.error('a key could not be fetched', { error: String(error), metrics: { Failures: 1 } }),
      });
      cached.get().catch(() => {
        // Logged already; whoever needs the key tries again and is told.
      });
      return cached;
    },
  };
}

async function fetched(client: SecretsManagerClient, secretId: string, isRefresh: boolean): Promise<string> {
  try {
    return await fetchSecret(client, secretId, isRefresh);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    throw new ServiceUnavailable(
      `The secret '${secretId}' is out of reach (${name}). Nothing was sent: apply again, unchanged. ` +
        'If it lasts, check that the secret exists and that the function may read it.',
    );
  }
}

function readSecret<T>(secretId: string, text: string, read: (secret: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    const fault = error instanceof Error ? error.message : 'unusable';
    throw new ServiceUnavailable(`The secret '${secretId}' ${fault}. Nothing was sent.`);
  }
}
