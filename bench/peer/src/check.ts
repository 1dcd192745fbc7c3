import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { queryGateway } from './gateway.ts';
import { type Refund, recordMessage, underWaySince } from './refunds.ts';
import { logger } from './runtime.ts';
import { settings } from './settings.ts';

const AT_A_TIME = 32;

/** Queries the gateway for the refunds that have been under way for too long. */
export const handler = middy<unknown>()
  .use(injectLambdaContext(logger))
  .handler(async () => {
    let checked = 0;
    const due = new Date(Date.now() - settings.FIRST_CHECK_SECONDS * 1000);
    for await (const refunds of underWaySince(due)) {
      while (refunds.length > 0) {
        const some = refunds.splice(0, AT_A_TIME);
        await Promise.all(some.map(check));
        checked += some.length;
      }
    }
    logger.info('Refunds were checked', { checked });
    return { checked };
  });

async function check({ oid_partner, no_refund, dt_refund, status }: Refund): Promise<void> {
  const reply = await queryGateway({ oid_partner, no_refund, dt_refund });
  if (!('message' in reply)) return logger.warn('A query tells nothing', { no_refund, reply });
  const { status: now } = await recordMessage(reply.message, JSON.stringify(reply.message));
  if (now !== status) logger.info('A query has settled a refund', { no_refund, status: now });
}
