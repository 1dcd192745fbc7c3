import { z } from 'zod';

/** The functions' environment, checked when a container starts. */
export const settings = z
  .object({
    REFUNDS_TABLE: z.string().min(3),
    IDEMPOTENCY_TABLE: z.string().min(3),
    OID_PARTNER: z.string().min(1).max(18),
    NOTIFY_URL: z.url().max(128),
    MERCHANT_KEY_SECRET_ID: z.string().min(1),
    LIANLIAN_KEY_SECRET_ID: z.string().min(1),
    LIANLIAN_TRADER_URL: z.url().default('https://traderapi.lianlianpay.com'),
    LIANLIAN_QUERY_URL: z.url().default('https://queryapi.lianlianpay.com'),
    GATEWAY_TIMEOUT_MS: z.coerce.number().int().positive().default(10_000),
    FIRST_CHECK_SECONDS: z.coerce.number().int().positive().default(900),
  })
  .parse(process.env);
