import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Dependencies } from '../app/ports/context.ts';
import type { ListContext } from '../app/ports/lists.ts';
import { refundLists } from '../store/refund-lists.ts';
import { readConfig } from './config.ts';
import { AWS_REQUEST, clock, logFor } from './dependencies.ts';

/** What the function that lists refunds is started with; in a file of its own, since it needs no keys and no gateway. */
export function wireList(): Dependencies<ListContext> {
  const { refundsTable } = readConfig(process.env, ['REFUNDS_TABLE']);
  const client = new DynamoDBClient({ maxAttempts: 3, requestHandler: AWS_REQUEST });
  return {
    contextFor: ({ deadlineMs }) => {
      const remainingMs = Math.max(0, deadlineMs - clock.nowMs());
      return {
        lists: refundLists(client, refundsTable, AbortSignal.timeout(remainingMs)),
        clock,
        deadlineMs,
      };
    },
    logFor,
  };
}
