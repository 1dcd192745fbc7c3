import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Dependencies } from '../app/ports/context.ts';
import type { ListContext } from '../app/ports/lists.ts';
import { refundLists } from '../store/refund-lists.ts';
import { readConfig } from './config.ts';
import { AWS_CLIENT, clock, logFor, until } from './dependencies.ts';

/** What the function that lists refunds is started with; in a file of its own, since it needs no keys and no gateway. */
export function wireList(): Dependencies<ListContext> {
  const { refundsTable } = readConfig(process.env, ['REFUNDS_TABLE']);
  const client = new DynamoDBClient(AWS_CLIENT);
  return {
    contextFor: ({ deadlineMs }) => ({
      lists: refundLists(client, refundsTable, until(deadlineMs)),
      clock,
      deadlineMs,
    }),
    logFor,
  };
}
