import type { PutItemCommand } from '@aws-sdk/client-dynamodb';

/** What is known of a write that came back with an error. */
export interface Fate {
  /** Whether one of its tries may have taken effect. */
  mayBeWritten: boolean;
}

/** Errors of a connection that was never made, by their code. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Watches the tries of a write. The SDK throws the last one's error alone, which says nothing of the others: a time-out
 * may come before a refused connection.
 */
export function watchFate({ middlewareStack }: Pick<PutItemCommand, 'middlewareStack'>): Fate {
  const fate: Fate = { mayBeWritten: false };
  middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        fate.mayBeWritten ||= mayHaveTakenEffect(error);
        throw error;
      }
    },
    // Within the SDK's repetitions, and around what reads an answer.
    { step: 'deserialize', priority: 'high' },
  );
  return fate;
}

/** A status of 4xx is DynamoDB's refusal. A time-out, a broken connection and a status of 5xx leave it open. */
function mayHaveTakenEffect(error: unknown): boolean {
  const { $metadata, code, message } = error as {
    $metadata?: { httpStatusCode?: number };
    code?: string;
    message?: string;
  };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status >= 400 && status < 500) return false;
  return !NOT_CONNECTED.has(code ?? '') && !/did not establish a connection/.test(message ?? '');
}
