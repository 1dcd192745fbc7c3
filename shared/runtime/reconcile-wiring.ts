import type { Dependencies, ReconcileContext } from '../app/ports/context.ts';
import { furtherRuns } from '../events/further-runs.ts';
import { shardLeases } from '../store/shard-leases.ts';
import { readConfig, reconcileConfigFrom } from './config.ts';
import { AWS_CLIENT, storeFor, tableClient, until } from './dependencies.ts';
import { QUERYING, wire } from './wiring.ts';

/**
 * What the function that reconciles is started with.
 *
 * @throws Error named `ConfigurationError` that names every fault of the settings
 */
export function wireReconcile(): Dependencies<ReconcileContext> {
  const config = readConfig(process.env, QUERYING, reconcileConfigFrom);
  const client = tableClient();
  // Lambda's own.
  const functionName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? '';
  const { contextFor, logFor } = wire(config, false, storeFor(config, client));
  return {
    contextFor: (invocation) => ({
      ...contextFor(invocation),
      leases: shardLeases(client, config.refundsTable, until(invocation.deadlineMs)),
      startRun: furtherRuns(AWS_CLIENT, functionName, until(invocation.deadlineMs)),
    }),
    logFor,
  };
}
