import { randomUUID } from 'node:crypto';
import { type AwsEndpoint, AwsError, startAwsEndpoint } from './endpoint.ts';

/** An accepted event. */
export interface BusEvent {
  readonly id: string;
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** EventBridge's `PutEvents`, and `DescribeEventBus`, for which every bus is there. It keeps the accepted events, and passes them to a listener. */
export interface EventBridge extends AwsEndpoint {
  /** The accepted events, in order. */
  readonly events: readonly BusEvent[];
  /** Decides on each later entry: an error code refuses it. Undefined accepts all. */
  refuse(decide: ((event: BusEvent) => string | undefined) | undefined): void;
}

export interface EventBridgeOptions {
  /** 0 means any free port. */
  readonly port: number;
  readonly onEvent?: ((event: BusEvent) => void) | undefined;
}

interface Entry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
}

const maxEntries = 10;

const busArn = 'arn:aws:events:ap-east-1:000000000000:event-bus';

/**
 * Starts EventBridge.
 * @throws Error that names the port, when it is in use
 */
export async function startEventBridge({
  port,
  onEvent = () => {},
}: EventBridgeOptions): Promise<EventBridge> {
  const events: BusEvent[] = [];
  let decide: ((event: BusEvent) => string | undefined) | undefined;

  const accept = (entry: Entry): object => {
    const event = eventIn(entry);
    const refusal = event ? decide?.(event) : 'MalformedDetail';
    if (!event || refusal) return { ErrorCode: refusal, ErrorMessage: 'The sandbox refuses this entry.' };
    events.push(event);
    onEvent(event);
    return { EventId: event.id };
  };
  const server = await startAwsEndpoint({
    port,
    name: 'EventBridge',
    target: 'AWSEvents',
    operations: {
      DescribeEventBus: ({ Name = 'default' }: { Name?: string }) => ({ Name, Arn: `${busArn}/${Name}` }),
      PutEvents: ({ Entries }: { Entries: Entry[] }) => {
        if (Entries.length < 1 || Entries.length > maxEntries) {
          throw new AwsError('ValidationException', `A request has 1 to ${maxEntries} entries.`);
        }
        const results = Entries.map(accept);
        return { FailedEntryCount: results.filter((entry) => 'ErrorCode' in entry).length, Entries: results };
      },
    },
  });
  return {
    ...server,
    events,
    refuse: (by) => {
      decide = by;
    },
  };
}

function eventIn({ EventBusName = 'default', Source, DetailType, Detail = '' }: Entry): BusEvent | undefined {
  try {
    const detail = JSON.parse(Detail);
    if (!Source || !DetailType || typeof detail !== 'object') return undefined;
    return { id: randomUUID(), bus: EventBusName, source: Source, detailType: DetailType, detail };
  } catch {
    return undefined;
  }
}
