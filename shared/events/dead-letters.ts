import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../app/ports.ts';

/** A queue of dead letters, each as JSON. */
export function deadLetters(client: SQSClient, queueUrl: string): DeadLetters {
  return {
    keep: async (letter) => {
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(letter) }));
    },
  };
}
