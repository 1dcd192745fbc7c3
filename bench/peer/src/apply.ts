import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { applyAtGateway } from './gateway.ts';
import { type Application, applicationSchema } from './messages.ts';
import { createRefund, type Refund, recordMessage, recordRefusal } from './refunds.ts';
import { answer, idempotency, logger } from './runtime.ts';
import { settings } from './settings.ts';

const options = idempotency('no_refund');

/** Applies for a refund at the gateway, once for each number. */
const apply = makeIdempotent(async (application: Application): Promise<Partial<Refund>> => {
  const refund = newRefund(application);
  await createRefund(refund);
  const { oid_partner, no_refund, dt_refund, money_refund, no_order, dt_order, oid_paybill, notify_url } =
    refund;
  const fields = {
    oid_partner,
    no_refund,
    dt_refund,
    money_refund,
    no_order,
    dt_order,
    oid_paybill,
    notify_url,
  };
  const present = Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const reply = await applyAtGateway(Object.fromEntries(present));
  if ('message' in reply) return recordMessage(reply.message, JSON.stringify(reply.message));
  if ('ret_code' in reply) {
    logger.warn('The gateway has refused a refund', { no_refund, ret_code: reply.ret_code });
    return recordRefusal(no_refund, reply.ret_code);
  }
  // An error would let Powertools forget the number, and the next call would send again.
  logger.error('What became of a refund is not known', { no_refund, reason: reply.doubt });
  return refund;
}, options);

function newRefund(application: Application): Refund {
  const now = new Date().toISOString();
  const beijing = new Date(Date.now() + 8 * 3_600_000).toISOString();
  return {
    ...application,
    money_refund: Number(application.money_refund).toFixed(2),
    dt_refund: application.dt_refund ?? beijing.replace(/\D/g, '').slice(0, 14),
    oid_partner: settings.OID_PARTNER,
    notify_url: settings.NOTIFY_URL,
    status: 'REQUESTED',
    created_at: now,
    updated_at: now,
  };
}

export const handler = middy<APIGatewayProxyEventV2>()
  .use(injectLambdaContext(logger))
  .use(httpErrorHandler({ logger: (error) => logger.error('The application has failed', error as Error) }))
  .use(httpJsonBodyParser())
  .handler(async ({ body }: { body?: unknown }, context: Context) => {
    const { success, data, error } = applicationSchema.safeParse(body);
    if (!success) return answer(400, { error: { name: 'InvalidRequest', issues: error.issues } });
    options.config.registerLambdaContext(context);
    const refund = await apply(data);
    logger.info('A refund was applied for', { no_refund: refund.no_refund, status: refund.status });
    return answer(refund.status === 'SUCCEEDED' || refund.status === 'FAILED' ? 200 : 202, refund);
  });
