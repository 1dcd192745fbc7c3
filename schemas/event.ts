import { EVENT_DETAIL_TYPE, EVENT_SOURCE, type RefundEvent } from '../shared/app/ports/publishing.ts';
import { type Described, objectOf, type Schema, text } from './described.ts';
import { KEPT_MESSAGE, PROBLEM, REFUND } from './refund.ts';
import { status } from './statuses.ts';

const EVENT: Described<RefundEvent> = {
  ...REFUND,
  event_id: {
    of: text(),
    required: true,
    says: 'The same for every repetition of one change: events come at least once.',
    example: '2013051500005:3',
  },
  previous_status: { of: status, says: 'The status before. Absent where the record is new.' },
};

/** An event on the bus, as JSON Schema 2020-12: EventBridge's envelope, and the refund as its detail. */
export function eventSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: EVENT_DETAIL_TYPE,
    description:
      'An EventBridge event: the status of a refund has changed. Events come at least once and in no order: `version` tells which is newer.',
    type: 'object',
    required: ['source', 'detail-type', 'detail'],
    properties: {
      source: { const: EVENT_SOURCE },
      'detail-type': { const: EVENT_DETAIL_TYPE },
      ...ENVELOPE,
      detail: { $ref: '#/$defs/Detail' },
    },
    $defs: {
      Detail: local(objectOf('The refund after the change.', EVENT).schema),
      Problem: local(objectOf('An exchange with the gateway that proved nothing.', PROBLEM).schema),
      KeptMessage: local(objectOf('A verified message that contradicts the record.', KEPT_MESSAGE).schema),
    },
  };
}

/** What EventBridge adds by itself. */
const ENVELOPE: Schema = {
  version: { type: 'string', description: "Of EventBridge's envelope." },
  id: { type: 'string', description: "EventBridge's own: a repetition has another one." },
  account: { type: 'string', description: 'The AWS account.' },
  time: { type: 'string', format: 'date-time', description: 'When it was published.' },
  region: { type: 'string', description: 'The AWS region.' },
  resources: { type: 'array', items: { type: 'string' }, description: 'Empty.' },
};

/** A schema whose references lead into this document in the place of the OpenAPI document. */
function local(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));
}
