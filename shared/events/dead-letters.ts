import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../app/ports/publishing.ts';

/** A queue of dead letters, each as JSON, for as long as an invocation may use it. */
export function deadLetters(client: SQSClient, queueUrl: string, abortSignal: AbortSignal): DeadLetters {
  return {
    send: async (letter) => {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(letter) });
      await client.send(command, { abortSignal });
    },
  };
}
