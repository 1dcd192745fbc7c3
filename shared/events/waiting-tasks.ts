import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { WaitingTasks } from '../app/ports/publishing.ts';

/** What Step Functions says of a token that nobody waits with any more: there is nothing left to answer. */
const DONE = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/** Step Functions' callbacks, for as long as an invocation may use them. */
export function waitingTasks(client: SFNClient, abortSignal: AbortSignal): WaitingTasks {
  return {
    succeed: (taskToken, output) => {
      const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) });
      return isWaitedFor(client.send(command, { abortSignal }));
    },
    fail: (taskToken, error, cause) => {
      const command = new SendTaskFailureCommand({ taskToken, error, cause: JSON.stringify(cause) });
      return isWaitedFor(client.send(command, { abortSignal }));
    },
  };
}

async function isWaitedFor(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    const { name } = error as Error;
    // The SDK's messages may quote the token: only their name goes on.
    if (!DONE.has(name)) throw new Error(name);
    return false;
  }
}
