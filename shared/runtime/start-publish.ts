import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { PublishContext } from '../app/ports.ts';
import type { Refund } from '../domain/refund.ts';
import { eventBus } from '../events/event-bus.ts';
import { waitingTasks } from '../events/waiting-tasks.ts';
import { fromItem } from '../store/attribute-values.ts';
import { readConfig } from './config.ts';
import { AWS_REQUEST, logFor } from './services.ts';
import type { Started } from './start.ts';

/** Starts the function that tells the world; in a file of its own, since no other function needs these clients. */
export function startPublish(): Started<PublishContext> & { recordIn(image: object): Refund } {
  const { eventBusName } = readConfig(process.env, []);
  const bus = eventBus(new EventBridgeClient({ maxAttempts: 3, requestHandler: AWS_REQUEST }), eventBusName);
  const tasks = waitingTasks(new SFNClient({ maxAttempts: 3, requestHandler: AWS_REQUEST }));
  return {
    open: ({ requestId }) => ({ bus, tasks, log: logFor(requestId) }),
    logFor,
    recordIn: (image) => fromItem(image as Parameters<typeof fromItem>[0]) as unknown as Refund,
  };
}
