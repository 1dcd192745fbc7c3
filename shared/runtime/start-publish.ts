import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { PublishContext, Services } from '../app/ports.ts';
import type { Refund } from '../domain/refund.ts';
import { deadLetters } from '../events/dead-letters.ts';
import { eventBus } from '../events/event-bus.ts';
import { waitingTasks } from '../events/waiting-tasks.ts';
import { fromItem } from '../store/attribute-values.ts';
import { readConfig } from './config.ts';
import { AWS_REQUEST, clock, logFor, storeOpener } from './services.ts';

/** Of an invocation's time: what could not be told within it can still be kept aside, and reported. */
const SHARE_FOR_TELLING = 0.75;

/** Starts the function that tells the world; in a file of its own, since no other function needs these clients. */
export function startPublish(): Services<PublishContext> & { recordIn(image: object): Refund } {
  const config = readConfig(process.env, ['REFUNDS_TABLE', 'OID_PARTNER']);
  const client = { maxAttempts: 3, requestHandler: AWS_REQUEST };
  const eventBridge = new EventBridgeClient(client);
  const stepFunctions = new SFNClient(client);
  const sqs = config.deadLettersQueueUrl ? new SQSClient(client) : undefined;
  const openStore = storeOpener(config);
  return {
    open: ({ requestId, deadlineMs }) => {
      const startedMs = clock.nowMs();
      const remainingMs = Math.max(0, deadlineMs - startedMs);
      const tellingMs = Math.floor(remainingMs * SHARE_FOR_TELLING);
      const telling = AbortSignal.timeout(tellingMs);
      return {
        bus: eventBus(eventBridge, config.eventBusName, telling),
        tasks: waitingTasks(stepFunctions, telling),
        deadLetters: sqs && deadLetters(sqs, config.deadLettersQueueUrl, AbortSignal.timeout(remainingMs)),
        store: openStore(startedMs + tellingMs),
        clock,
        log: logFor(requestId),
      };
    },
    logFor,
    recordIn: (image) => fromItem(image as Parameters<typeof fromItem>[0]) as unknown as Refund,
  };
}
