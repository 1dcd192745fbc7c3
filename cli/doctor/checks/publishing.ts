import { DescribeEventBusCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { about, type Finding, failureOf } from '../finding.ts';
import type { Setup } from '../setup.ts';

/** Where changes of status go: the bus, and the queue of those that it didn't take. */
export async function checkPublishing(setup: Setup): Promise<Finding[]> {
  return [await aboutBus(setup), ...(await aboutQueue(setup))];
}

async function aboutBus({ aws, config: { eventBusName } }: Setup): Promise<Finding> {
  const report = about('event bus');
  try {
    await aws.eventBridge.send(new DescribeEventBusCommand({ Name: eventBusName }));
    return report.ok(`The event bus ${eventBusName} is there`);
  } catch (error) {
    const todo = 'Make it, or correct the parameter eventBusName: events to a missing bus are lost';
    return failureOf(report, `event bus ${eventBusName}`, error, todo);
  }
}

const WAITING = 'ApproximateNumberOfMessages';

async function aboutQueue({ aws, config: { deadLettersQueueUrl: url } }: Setup): Promise<Finding[]> {
  const report = about('dead letters');
  if (!url)
    return [
      report.warning(
        'There is no queue of dead letters: what cannot be published blocks its shard until it can',
        'Deploy the stack again: it sets DEAD_LETTERS_QUEUE_URL',
      ),
    ];
  try {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [WAITING] });
    const waiting = Number((await aws.sqs.send(command)).Attributes?.[WAITING] ?? 0);
    return waiting === 0
      ? [report.ok('The queue of dead letters is empty')]
      : [
          report.warning(
            `The queue of dead letters has ${waiting} of them`,
            'See docs/operations.md#dead-letters',
          ),
        ];
  } catch (error) {
    return [failureOf(report, `queue ${url}`, error, 'Deploy the stack again')];
  }
}
