import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Dependencies, PublishContext } from '../app/ports/context.ts';
import { deadLetters } from '../events/dead-letters.ts';
import { eventBus } from '../events/event-bus.ts';
import { waitingTasks } from '../events/waiting-tasks.ts';
import { readConfig } from './config.ts';
import { AWS_CLIENT, clock, logFor, recordIn, storeFor } from './dependencies.ts';

/** Of an invocation's time: what could not be published within it can still become a dead letter, and be reported. */
const SHARE_FOR_PUBLISHING = 0.75;

/** What the publishing function is started with; in a file of its own, since no other function needs these clients. */
export function wirePublish(): Dependencies<PublishContext> & { recordIn: typeof recordIn } {
  const config = readConfig(process.env, ['REFUNDS_TABLE', 'OID_PARTNER']);
  const eventBridge = new EventBridgeClient(AWS_CLIENT);
  const stepFunctions = new SFNClient(AWS_CLIENT);
  const sqs = config.deadLettersQueueUrl ? new SQSClient(AWS_CLIENT) : undefined;
  const storeUntil = storeFor(config);
  return {
    contextFor: ({ requestId, deadlineMs }) => {
      const startedMs = clock.nowMs();
      const remainingMs = Math.max(0, deadlineMs - startedMs);
      const publishingMs = Math.floor(remainingMs * SHARE_FOR_PUBLISHING);
      const signal = AbortSignal.timeout(publishingMs);
      return {
        bus: eventBus(eventBridge, config.eventBusName, signal),
        tasks: waitingTasks(stepFunctions, signal),
        deadLetters: sqs && deadLetters(sqs, config.deadLettersQueueUrl, AbortSignal.timeout(remainingMs)),
        store: storeUntil(startedMs + publishingMs),
        clock,
        log: logFor(requestId),
      };
    },
    logFor,
    recordIn,
  };
}
