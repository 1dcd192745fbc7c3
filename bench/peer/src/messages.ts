import { z } from 'zod';

const number = z.string().regex(/^[A-Za-z0-9._~-]{1,32}$/);
const order = z.string().regex(/^[\x21-\x7e]{1,32}$/);
const date = z.string().regex(/^\d{14}$/, 'must be yyyyMMddHHmmss');

/** What a caller applies with. */
export const applicationSchema = z
  .strictObject({
    no_refund: number,
    money_refund: z.string().regex(/^\d{1,9}(\.\d{1,2})?$/, 'must be a text such as "200.10"'),
    no_order: order.optional(),
    dt_order: date.optional(),
    oid_paybill: order.optional(),
    dt_refund: date.optional(),
  })
  .refine(({ no_order, oid_paybill }) => no_order || oid_paybill, 'needs no_order or oid_paybill');

export type Application = z.infer<typeof applicationSchema>;

/** An answer or a notification of the gateway, once its signature is verified. */
export const messageSchema = z.looseObject({
  oid_partner: z.string(),
  no_refund: number,
  money_refund: z.string().optional(),
  dt_refund: date.optional(),
  oid_refundno: z.string().optional(),
  sta_refund: z.enum(['0', '1', '2', '3']),
  settle_date: z.string().optional(),
});

export type Message = z.infer<typeof messageSchema>;

const STATUSES = { 0: 'INITIALIZED', 1: 'PROCESSING', 2: 'SUCCEEDED', 3: 'FAILED' } as const;

export const statusOf = ({ sta_refund }: Message) => STATUSES[sta_refund];
