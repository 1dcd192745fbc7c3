import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_DETAIL_TYPE, EVENT_SOURCE, type EventBus } from '../app/ports/publishing.ts';

/**
 * EventBridge, for as long as an invocation may use it. A request that went through may still have refused single
 * entries: each is looked at.
 */
export function eventBus(client: EventBridgeClient, busName: string, abortSignal: AbortSignal): EventBus {
  return {
    put: async (events) => {
      const command = new PutEventsCommand({
        Entries: events.map((event) => ({
          EventBusName: busName,
          Source: EVENT_SOURCE,
          DetailType: EVENT_DETAIL_TYPE,
          Detail: JSON.stringify(event),
        })),
      });
      const { Entries = [] } = await client.send(command, { abortSignal });
      return events.map((_event, index) => {
        const entry = Entries[index];
        return entry?.EventId === undefined ? (entry?.ErrorCode ?? 'unknown') : undefined;
      });
    },
  };
}
