import { COMPANIONS, PAYMENT_FIELDS, REFUND_FORMS, REQUIRED_FIELDS } from '../shared/domain/request-forms.ts';
import { type Schema, text } from './described.ts';

/** What is said of each field of an application; its form is the one that the service checks. */
const SAID: Record<keyof typeof REFUND_FORMS, { says: string; example: string }> = {
  no_refund: {
    says: 'Your number of the refund. It identifies the refund: repeat a request with the same number, never with a new one.',
    example: '2013051500005',
  },
  money_refund: {
    says: 'CNY yuan as a string, 0.01 to 100000000.00, with at most two decimals.',
    example: '200.01',
  },
  oid_paybill: { says: "LianLian's number of the original payment.", example: '2013051613121201' },
  no_order: { says: 'Your order number of the original payment.', example: '2013051500001' },
  dt_order: {
    says: 'Date and time of that order, yyyyMMddHHmmss in UTC+8: a real one. It goes with no_order.',
    example: '20130515094013',
  },
  dt_refund: {
    says: 'Date and time of the refund, yyyyMMddHHmmss in UTC+8: a real one. Default: now, fixed when the refund is first recorded.',
    example: '20130515094018',
  },
  notify_url: {
    says: 'Where the gateway sends its notifications: an http or https URL. Default: this service.',
    example: 'https://merchant.example/refund-notifications',
  },
  oid_partner: {
    says: 'The merchant. It must be the one that the service is set up for.',
    example: '201103171000000000',
  },
  task_token: {
    says: 'A Step Functions task to complete when the refund ends. A newer token replaces the stored one.',
    example: 'AAAAKgAAAAIAAAAAAAAAAQ',
  },
  reference: { says: "Your own words: a ticket's number, for example.", example: 'ticket 4711' },
  reason: { says: 'Your own words: why the money goes back.', example: 'damaged in transit' },
  requested_by: { says: 'Your own words: who asked for it.', example: 'li.wei' },
};

/** The input of the two apply functions. */
export function applicationSchema(): Schema {
  const properties = Object.entries(REFUND_FORMS).map(([name, form]) => {
    const { says, example } = SAID[name as keyof typeof SAID];
    return [name, { ...text(form).schema, description: says, examples: [example] }];
  });
  return {
    type: 'object',
    description:
      'An application for a refund. The service refuses any other field by its name, and tells all faults at once.',
    required: [...REQUIRED_FIELDS],
    anyOf: PAYMENT_FIELDS.map((field) => ({ required: [field] })),
    dependentRequired: Object.fromEntries(
      Object.entries(COMPANIONS).map(([field, other]) => [field, [other]]),
    ),
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}
