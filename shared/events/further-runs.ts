import {
  EventBridgeClient,
  type EventBridgeClientConfig,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { SHARE_DETAIL_TYPE, SHARE_SOURCE, type StartRun } from '../app/ports/runs.ts';

/**
 * Starts other runs by events on the account's default bus: a rule hands each to its function (serverless.yml).
 *
 * @param functionName the function of this stage
 * @param abortSignal when to give a request up
 */
export function furtherRuns(
  config: EventBridgeClientConfig,
  functionName: string,
  abortSignal: AbortSignal,
): StartRun {
  return async (share) => {
    // Few runs start others: the client is made by those that do.
    const client = new EventBridgeClient(config);
    const Detail = JSON.stringify({ function: functionName, ...share });
    const entry = { Source: SHARE_SOURCE, DetailType: SHARE_DETAIL_TYPE, Detail };
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal });
    // A request that went through may still have refused the entry.
    if (!Entries[0]?.EventId) throw new Error(`EventBridge refused: ${Entries[0]?.ErrorCode ?? 'unknown'}`);
  };
}
