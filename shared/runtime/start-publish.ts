import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { PublishContext } from '../app/ports.ts';
import type { Refund } from '../domain/refund.ts';
import { deadLetters } from '../events/dead-letters.ts';
import { eventBus } from '../events/event-bus.ts';
import { waitingTasks } from '../events/waiting-tasks.ts';
import { fromItem } from '../store/attribute-values.ts';
import { readConfig } from './config.ts';
import { AWS_REQUEST, clock, logFor, storeOpener } from './services.ts';
import type { Started } from './start.ts';

/** Starts the function that tells the world; in a file of its own, since no other function needs these clients. */
export function startPublish(): Started<PublishContext> & { recordIn(image: object): Refund } {
  const config = readConfig(process.env, ['REFUNDS_TABLE']);
  const client = { maxAttempts: 3, requestHandler: AWS_REQUEST };
  const openStore = storeOpener(config);
  const parts = {
    bus: eventBus(new EventBridgeClient(client), config.eventBusName),
    tasks: waitingTasks(new SFNClient(client)),
    deadLetters: config.deadLettersQueueUrl
      ? deadLetters(new SQSClient(client), config.deadLettersQueueUrl)
      : undefined,
    clock,
  };
  return {
    open: ({ requestId, deadlineMs }) => ({ ...parts, store: openStore(deadlineMs), log: logFor(requestId) }),
    logFor,
    recordIn: (image) => fromItem(image as Parameters<typeof fromItem>[0]) as unknown as Refund,
  };
}
