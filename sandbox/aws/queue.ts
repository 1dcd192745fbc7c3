import { createHash, randomUUID } from 'node:crypto';
import { type AwsEndpoint, AwsError, startAwsEndpoint } from './endpoint.ts';

interface QueueMessage {
  readonly id: string;
  readonly body: string;
}

/** SQS's `SendMessage` and `GetQueueAttributes`, for one queue. */
export interface Queue extends AwsEndpoint {
  readonly url: string;
  /** The messages, in order. Nothing receives or deletes them. */
  readonly messages: readonly QueueMessage[];
}

export interface QueueOptions {
  /** 0 means any free port. */
  readonly port: number;
  readonly name: string;
}

/**
 * Starts SQS with one queue.
 * @throws Error that names the port, when it is in use
 */
export async function startQueue({ port, name }: QueueOptions): Promise<Queue> {
  const messages: QueueMessage[] = [];
  const path = `/000000000000/${name}`;
  const find = (queueUrl: string) => {
    if (URL.parse(queueUrl)?.pathname !== path)
      throw new AwsError('com.amazonaws.sqs#QueueDoesNotExist', `No queue ${queueUrl}.`);
  };
  const server = await startAwsEndpoint({
    port,
    name: 'SQS',
    target: 'AmazonSQS',
    operations: {
      GetQueueAttributes: ({ QueueUrl }: { QueueUrl: string }) => {
        find(QueueUrl);
        return { Attributes: { ApproximateNumberOfMessages: String(messages.length) } };
      },
      SendMessage: ({ QueueUrl, MessageBody }: { QueueUrl: string; MessageBody: string }) => {
        find(QueueUrl);
        const message = { id: randomUUID(), body: MessageBody };
        messages.push(message);
        return {
          MessageId: message.id,
          MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
        };
      },
    },
  });
  return { ...server, url: server.endpoint + path, messages };
}
