import { randomUUID } from 'node:crypto';
import { type AwsEndpoint, AwsError, startAwsEndpoint } from './endpoint.ts';

/** An event that was taken. */
export interface BusEvent {
  readonly id: string;
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** As much of EventBridge as `PutEvents`. It keeps what it takes, and passes it to a listener. */
export interface EventBridge extends AwsEndpoint {
  /** What was taken, in order. */
  readonly events: readonly BusEvent[];
  /** Decides on each entry to come: an error code refuses it. Undefined ends that. */
  refuse(decide: ((event: BusEvent) => string | undefined) | undefined): void;
}

export interface EventBridgeOptions {
  /** 0 takes any free port. */
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

/**
 * Starts EventBridge.
 * @throws Error that names the port, when it is taken
 */
export async function startEventBridge({
  port,
  onEvent = () => {},
}: EventBridgeOptions): Promise<EventBridge> {
  const events: BusEvent[] = [];
  let decide: ((event: BusEvent) => string | undefined) | undefined;

  const take = (entry: Entry): object => {
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
      PutEvents: ({ Entries }: { Entries: Entry[] }) => {
        if (Entries.length < 1 || Entries.length > maxEntries) {
          throw new AwsError('ValidationException', `A request has 1 to ${maxEntries} entries.`);
        }
        const taken = Entries.map(take);
        return { FailedEntryCount: taken.filter((entry) => 'ErrorCode' in entry).length, Entries: taken };
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
