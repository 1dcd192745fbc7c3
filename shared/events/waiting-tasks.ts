import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { WaitingTasks } from '../app/ports.ts';

/** What Step Functions says of a token that nobody waits with any more: there is nothing left to answer. */
const DONE = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/** Step Functions' callbacks. */
export function waitingTasks(client: SFNClient): WaitingTasks {
  return {
    succeed: (taskToken, output) =>
      unlessDone(client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }))),
    fail: (taskToken, error, cause) =>
      unlessDone(client.send(new SendTaskFailureCommand({ taskToken, error, cause: JSON.stringify(cause) }))),
  };
}

async function unlessDone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    const { name } = error as Error;
    // The SDK's messages may quote the token: only their name goes on.
    if (!DONE.has(name)) throw new Error(name);
  }
}
