import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { z } from 'zod';
import { verified } from './gateway.ts';
import type { Message } from './messages.ts';
import { recordMessage } from './refunds.ts';
import { answer, idempotency, logger } from './runtime.ts';

const options = idempotency('sign');

const fieldsSchema = z.record(z.string(), z.coerce.string());

/** Takes a notification in, once for each signature. */
const receive = makeIdempotent(async (message: Message & { sign: string }): Promise<object> => {
  try {
    const { status } = await recordMessage(message, JSON.stringify(message));
    logger.info('A notification was taken in', { no_refund: message.no_refund, status });
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    logger.warn('A notification changes nothing', { no_refund: message.no_refund });
  }
  return { ret_code: '0000', ret_msg: 'ok' };
}, options);

export const handler = middy<APIGatewayProxyEventV2>()
  .use(injectLambdaContext(logger))
  .use(httpErrorHandler({ logger: (error) => logger.error('A notification has failed', error as Error) }))
  // The gateway says `text/json`, which middy's parser of bodies refuses.
  .handler(async ({ body }: APIGatewayProxyEventV2, context: Context) => {
    const { data: fields } = fieldsSchema.safeParse(JSON.parse(body ?? ''));
    const message = fields && (await verified(fields));
    if (!message) return answer(401, { ret_code: '9999', ret_msg: 'not authentic' });
    options.config.registerLambdaContext(context);
    return answer(200, await receive({ ...message, sign: fields.sign ?? '' }));
  });
