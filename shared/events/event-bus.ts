import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBus } from '../app/ports.ts';

/** EventBridge. A request that went through may still have refused single entries: each is looked at. */
export function eventBus(client: EventBridgeClient, busName: string): EventBus {
  return {
    put: async (events) => {
      const { Entries = [] } = await client.send(
        new PutEventsCommand({
          Entries: events.map((event) => ({
            EventBusName: busName,
            Source: 'lianlian.refunds',
            DetailType: 'Refund Status Changed',
            Detail: JSON.stringify(event),
          })),
        }),
      );
      return events.map((_event, index) => Entries[index]?.EventId !== undefined);
    },
  };
}
