import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock, Log } from '../app/ports/context.ts';
import type { Store } from '../app/ports/store.ts';
import { ServiceUnavailable } from '../domain/errors.ts';
import type { Refund } from '../domain/refund.ts';
import { Cached } from '../signing/cached.ts';
import { fetchSecret } from '../signing/secrets.ts';
import { fromItem } from '../store/attribute-values.ts';
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
const AWS_REQUEST = { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true };

/** What a client of AWS's services is made with, but for that of the keys. */
export const AWS_CLIENT = { maxAttempts: 3, requestHandler: AWS_REQUEST };

/** Ends what an invocation has begun. */
export const until = (deadlineMs: number): AbortSignal =>
  AbortSignal.timeout(Math.max(0, deadlineMs - clock.nowMs()));

/** A fencing token that no other attempt has: 96 random bits. */
export const newAttemptId = (): string => randomBytes(12).toString('base64url');

/** The lines of one invocation. */
export const logFor = (requestId: string): Log => logger(process.env, { request_id: requestId });

/** It opens 50 connections at the most, enough for the checks of a run: with more, requests would wait for one within their time-out. */
export const tableClient = (): DynamoDBClient => new DynamoDBClient(AWS_CLIENT);

/** The table, for as long as an invocation may use it. */
export function storeFor(config: Config, client = tableClient()): (deadlineMs: number) => Store {
  return (deadlineMs) => refundStore(client, config.refundsTable, until(deadlineMs));
}

/** An image of the table's stream as the record that it is. */
export const recordIn = (image: object): Refund =>
  fromItem(image as Parameters<typeof fromItem>[0]) as unknown as Refund;

/** Keys that live in secrets. */
export interface Keys {
  /** `read` passes to `onFault` what is wrong with a part of the secret that the rest can do without. */
  key<T>(secretId: string, read: (secret: string, onFault: (fault: string) => void) => T): Cached<T>;
}

/** Keys from Secrets Manager, each fetched as soon as it is named: the fetch overlaps with what comes first. */
export function keysFrom(config: Config): Keys {
  const client = new SecretsManagerClient({ maxAttempts: 2, requestHandler: AWS_REQUEST });
  const log = logFor('');
  return {
    key: (secretId, read) => {
      const onFault = (fault: string) => log('key.part_unusable', { secret: secretId, fault });
      const cached = new Cached({
        fetch: async (isRefresh) =>
          readSecret(secretId, await fetched(client, secretId, isRefresh), (text) => read(text, onFault)),
        nowMs: clock.nowMs,
        maxAgeMs: config.keyCacheMs,
        onFailure: (error) => log('key.unreachable', { error: String(error) }),
      });
      cached.get().catch(() => {
        // Logged already; whoever needs the key tries again.
      });
      return cached;
    },
  };
}

/** Keys are what every function needs first, before it writes or sends anything. */
const NOTHING_DONE = 'This call has recorded nothing and sent nothing: repeat it, unchanged.';

async function fetched(client: SecretsManagerClient, secretId: string, isRefresh: boolean): Promise<string> {
  try {
    return await fetchSecret(client, secretId, isRefresh);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    throw new ServiceUnavailable(
      `The secret '${secretId}' is out of reach (${name}). ${NOTHING_DONE} ` +
        'If it lasts, check that the secret exists and that the function may read it.',
    );
  }
}

function readSecret<T>(secretId: string, text: string, read: (secret: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    const fault = error instanceof Error ? error.message : 'unusable';
    throw new ServiceUnavailable(`The secret '${secretId}' ${fault}. ${NOTHING_DONE}`);
  }
}

/**
 * Refuses the pair that only looks like one: with the public half of the merchant's own key in the place of the
 * gateway's, no answer would ever verify.
 *
 * @throws ServiceUnavailable that says what to store instead
 */
export function refuseOwnHalf(
  config: Config,
  merchantKey: KeyObject,
  lianlianKeys: readonly KeyObject[],
): void {
  const ownHalf = createPublicKey(merchantKey);
  if (!lianlianKeys.some((key) => key.equals(ownHalf))) return;
  throw new ServiceUnavailable(
    `The secret '${config.lianlianKeySecretId}' holds the public half of the merchant's own key ` +
      `('${config.merchantKeySecretId}'); store LianLian's public key, which their merchant dashboard shows. ${NOTHING_DONE}`,
  );
}
