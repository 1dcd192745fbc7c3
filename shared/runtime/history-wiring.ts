import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Dependencies, HistoryContext, RecordHistoryContext } from '../app/ports/context.ts';
import { unpackText } from '../gateway/packed-text.ts';
import { historyReader, historyWriter } from '../store/history-store.ts';
import { readConfig } from './config.ts';
import { AWS_CLIENT, logFor, recordIn, storeFor, until } from './dependencies.ts';

/** What the function that records stories is started with: it knows the table of stories, and nothing else. */
export function wireRecordHistory(): Dependencies<RecordHistoryContext> & { recordIn: typeof recordIn } {
  const { refundHistoryTable } = readConfig(process.env, ['REFUND_HISTORY_TABLE']);
  const stories = new DynamoDBClient(AWS_CLIENT);
  return {
    contextFor: ({ requestId, deadlineMs }) => ({
      history: historyWriter(stories, refundHistoryTable, until(deadlineMs)),
      unpack: unpackText,
      log: logFor(requestId),
    }),
    logFor,
    recordIn,
  };
}

/** What the function that reads stories is started with. */
export function wireHistory(): Dependencies<HistoryContext> {
  const config = readConfig(process.env, ['REFUND_HISTORY_TABLE', 'REFUNDS_TABLE']);
  const stories = new DynamoDBClient(AWS_CLIENT);
  const storeUntil = storeFor(config);
  return {
    contextFor: ({ deadlineMs }) => ({
      history: historyReader(stories, config.refundHistoryTable, until(deadlineMs)),
      store: storeUntil(deadlineMs),
    }),
    logFor,
  };
}
