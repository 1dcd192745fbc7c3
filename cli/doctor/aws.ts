import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

/** A moment by an answer of AWS and by this machine, epoch milliseconds. */
interface ClockReading {
  awsMs: number;
  /** When the request left, and when its answer was here. */
  sentMs: number;
  receivedMs: number;
}

export type Aws = ReturnType<typeof clientsOf> & {
  /** What the answers tell of the clock. */
  readings: ClockReading[];
  destroy(): void;
};

/** Where the clients connect to; without an environment, AWS's usual settings and credentials count. */
interface Access {
  region: string;
  /** Of a sandbox: its endpoints and credentials, whatever this machine has. */
  environment?: Record<string, string>;
}

/** The clients of all services that are looked at. */
export function awsOf(access: Access): Aws {
  const clients = clientsOf(access);
  const readings: ClockReading[] = [];
  for (const client of Object.values(clients)) readClock(client, readings);
  const destroy = () => {
    for (const client of Object.values(clients)) client.destroy();
  };
  return { ...clients, readings, destroy };
}

function clientsOf({ region, environment }: Access) {
  const common = {
    region,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000 },
    ...(environment && { credentials: credentialsIn(environment) }),
  };
  const options = (service: string) => {
    const endpoint = environment?.[`AWS_ENDPOINT_URL_${service}`];
    return endpoint ? { ...common, endpoint } : common;
  };
  return {
    cloudFormation: new CloudFormationClient(options('CLOUDFORMATION')),
    cloudWatch: new CloudWatchClient(options('CLOUDWATCH')),
    dynamoDb: new DynamoDBClient(options('DYNAMODB')),
    eventBridge: new EventBridgeClient(options('EVENTBRIDGE')),
    lambda: new LambdaClient(options('LAMBDA')),
    secrets: new SecretsManagerClient(options('SECRETS_MANAGER')),
    // Otherwise the URL of the queue would overrule the endpoint.
    sqs: new SQSClient({ ...options('SQS'), useQueueUrlAsEndpoint: false }),
  };
}

function credentialsIn({ AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' }: Record<string, string>) {
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
}

type Send = (request: never) => Promise<{ response: unknown }>;

/** What all clients have; each has a type of its own for it. */
interface Client {
  middlewareStack: { add(middleware: (next: Send) => Send, options: object): void };
}

/** Also of refusals: a clock that is far off is why AWS refuses. */
function readClock(client: object, readings: ClockReading[]): void {
  const middleware = (next: Send) => async (request: never) => {
    const sentMs = Date.now();
    const answered = await next(request);
    const { headers } = answered.response as { headers?: Record<string, string> };
    const awsMs = Date.parse(headers?.date ?? '');
    if (awsMs) readings.push({ awsMs, sentMs, receivedMs: Date.now() });
    return answered;
  };
  // The innermost step, which has the answer as it came.
  (client as Client).middlewareStack.add(middleware, { step: 'deserialize', priority: 'low' });
}
