import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { GatewayOptions } from '../../sandbox/gateway/options.ts';
import { type Sandbox, startSandbox, tableClient } from '../../sandbox/sandbox.ts';
import type { HttpAnswer } from '../../shared/entry/http-event.ts';
import { fromItem, toItem } from '../../shared/store/attribute-values.ts';
import { type ApiGateway, startApiGateway } from './api-gateway.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type Lambda, startLambda } from './lambda.ts';

type Fields = Record<string, unknown>;

/** The packaged functions with the sandbox, and fault proxies in between. */
export interface Service {
  readonly sandbox: Sandbox;
  readonly table: FaultProxy;
  readonly secrets: FaultProxy;
  readonly environment: Record<string, string>;
  /** A new container; it stops with the service. */
  lambda(name: string, environment?: Record<string, string>): Promise<Lambda>;
  /** A proxy for one test, in front of the gateway or an AWS endpoint of the sandbox; it stops with the service. */
  proxy(endpoint: string): Promise<FaultProxy>;
  /** Pauses notifications during `work`, so that they don't change what a test expects right after an answer. */
  beforeNotifications<T>(work: () => Promise<T>): Promise<T>;
  /** The paths of the gateway's requests for a refund, in order. */
  requestedUrls(noRefund: string): string[];
  /** The record in the table. */
  record(noRefund: string): Promise<Fields | undefined>;
  put(record: Fields): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything but the functions; `notify-callback` alone has a container, so that notifications arrive. */
export async function startService(
  gatewayOptions: GatewayOptions = {},
  settings: Record<string, string> = {},
): Promise<Service> {
  const sandbox = await startSandbox({
    gatewayOptions: { notifyAfterMs: 200, ...gatewayOptions },
  });
  const proxies: FaultProxy[] = [];
  const proxy = async (endpoint: string) => {
    const started = await startFaultProxy(endpoint);
    proxies.push(started);
    return started;
  };
  const table = await proxy(sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB);
  const secrets = await proxy(sandbox.settings.AWS_ENDPOINT_URL_SECRETS_MANAGER);
  const lambdas: Lambda[] = [];
  let callback: Lambda;
  const api: ApiGateway = await startApiGateway((event) => callback.invoke<HttpAnswer & Fields>(event));
  const environment: Record<string, string> = {
    ...sandbox.settings,
    NOTIFY_URL: `${api.url}/refund-notifications`,
    GATEWAY_TIMEOUT_MS: '1000',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    ...settings,
  };
  const lambda = async (name: string, more: Record<string, string> = {}) => {
    const started = await startLambda(name, { ...environment, ...more });
    lambdas.push(started);
    return started;
  };
  // Without the proxies: the requests of notifications must not change the counts of a test.
  callback = await lambda('notify-callback', {
    AWS_ENDPOINT_URL_DYNAMODB: sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: sandbox.settings.AWS_ENDPOINT_URL_SECRETS_MANAGER,
  });
  const client = tableClient(sandbox.settings);
  const TableName = sandbox.settings.REFUNDS_TABLE;
  // The first request to a new DynamoDB Local is slow: no test must measure it.
  await client.send(new GetItemCommand({ TableName, Key: { no_refund: { S: 'none' } } }));
  return {
    sandbox,
    table,
    secrets,
    environment,
    lambda,
    proxy,
    beforeNotifications: async (work) => {
      const resume = sandbox.gateway.pause();
      return work().finally(resume);
    },
    requestedUrls: (noRefund) => sandbox.gateway.requests(noRefund).map(({ url }) => url),
    record: async (noRefund) => {
      const Key = { no_refund: { S: noRefund } };
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      return Item && fromItem(Item);
    },
    put: async (record) => {
      await client.send(new PutItemCommand({ TableName, Item: toItem(record) }));
    },
    stop: async () => {
      client.destroy();
      await Promise.all(lambdas.map((started) => started.stop()));
      await Promise.all([api, ...proxies].map((server) => server.stop()));
      await sandbox.stop();
    },
  };
}

/** A valid application for a refund with that number. */
export function refundInput(noRefund: string, more: Fields = {}): Fields {
  return { no_refund: noRefund, money_refund: '200.10', no_order: '2013051500001', ...more };
}

/** Runs `work` for each item, eight at a time: with more, requests to DynamoDB time out on a busy machine. */
export async function forEachOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** Waits until a condition holds; fails after 10 s. */
export async function until<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const giveUpAt = Date.now() + 10_000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > giveUpAt) throw new Error('the condition has not become true within 10 s');
    await new Promise((done) => setTimeout(done, 20));
  }
}
