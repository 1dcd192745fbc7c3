import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A table, as serverless.yml defines it; the names are CloudFormation's, and those of DescribeTable. */
export interface TableDefinition {
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  KeySchema: KeyElement[];
  GlobalSecondaryIndexes?: IndexDefinition[];
  StreamSpecification?: { StreamViewType: string };
}

interface KeyElement {
  AttributeName: string;
  KeyType: string;
}

interface IndexDefinition {
  IndexName: string;
  KeySchema: KeyElement[];
  Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
}

interface FunctionDefinition {
  name: string;
  /** The names of its settings. */
  settings: string[];
  callsGateway: boolean;
  readsStream: boolean;
}

/** What a deployed stack shall have. */
export interface Definition {
  service: string;
  region: string;
  functions: FunctionDefinition[];
  refundsTable: TableDefinition;
  historyTable: TableDefinition;
  /** The logical ids of alarms. */
  alarms: string[];
}

interface Written {
  environment?: object;
  vpc?: unknown;
  events?: Record<string, unknown>[];
}

/** Reads serverless.yml, so that nothing is told twice. */
export function readDefinition(folder: string): Definition {
  // Tags such as !Sub are unknown to the parser; their values serve as plain ones.
  const written = parse(readFileSync(join(folder, 'serverless.yml'), 'utf8'), { logLevel: 'error' });
  const resources = written.resources.Resources;
  const common = Object.keys(written.provider.environment);
  const functionOf = ([name, { environment = {}, vpc, events = [] }]: [string, Written]) => ({
    name,
    settings: [...common, ...Object.keys(environment)],
    callsGateway: vpc !== undefined,
    readsStream: events.some((event) => 'stream' in event),
  });
  return {
    service: written.service,
    region: written.provider.region,
    functions: Object.entries<Written>(written.functions).map(functionOf),
    refundsTable: resources.RefundsTable.Properties,
    historyTable: resources.RefundHistoryTable.Properties,
    alarms: Object.keys(resources).filter((name) => name.endsWith('Alarm')),
  };
}
