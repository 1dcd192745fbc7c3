import { readFileSync } from 'node:fs';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';

/** The input of CreateTable without the table's name. */
export type TableDefinition = Omit<CreateTableCommandInput, 'TableName'>;

interface Properties extends TableDefinition {
  StreamSpecification?: NonNullable<CreateTableCommandInput['StreamSpecification']>;
}

/**
 * Reads a table's CloudFormation resource out of serverless.yml, so that the sandbox's table is the deployed one. What
 * only CloudFormation knows (names, tags, expiry, backups, encryption) is left out.
 * @throws Error when the file has no such resource
 */
export function tableDefinition(serverlessYmlPath: string, resource: string): TableDefinition {
  // Tags such as !Sub are unknown to the parser; their values serve as plain ones, and its warnings are of no use.
  const template = parse(readFileSync(serverlessYmlPath, 'utf8'), { logLevel: 'error' });
  const resources = template?.resources?.Resources ?? template?.Resources;
  const properties: Properties | undefined = resources?.[resource]?.Properties;
  if (!properties) {
    throw new Error(
      `${serverlessYmlPath} has no resources.Resources.${resource}.Properties: define the table there`,
    );
  }
  const { AttributeDefinitions, KeySchema, BillingMode, ProvisionedThroughput } = properties;
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes, StreamSpecification } = properties;
  return defined({
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    ProvisionedThroughput,
    GlobalSecondaryIndexes: GlobalSecondaryIndexes?.map(indexDefinition),
    LocalSecondaryIndexes: LocalSecondaryIndexes?.map(indexDefinition),
    // In CloudFormation the section alone switches the stream on.
    StreamSpecification: StreamSpecification && {
      StreamEnabled: true,
      StreamViewType: StreamSpecification.StreamViewType,
    },
  }) as TableDefinition;
}

/** Creates a table under a name. Both engines have it ready when this resolves. */
export async function createTable(
  client: DynamoDBClient,
  tableName: string,
  definition: TableDefinition,
): Promise<void> {
  await client.send(new CreateTableCommand({ ...definition, TableName: tableName }));
}

function indexDefinition<Index extends object>(index: Index): Index {
  const known = ['IndexName', 'KeySchema', 'Projection', 'ProvisionedThroughput'];
  return Object.fromEntries(Object.entries(index).filter(([name]) => known.includes(name))) as Index;
}

function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
