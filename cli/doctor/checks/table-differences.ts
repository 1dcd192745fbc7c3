import type { GlobalSecondaryIndexDescription, TableDescription } from '@aws-sdk/client-dynamodb';
import type { TableDefinition } from '../definition.ts';

type IndexDefinition = NonNullable<TableDefinition['GlobalSecondaryIndexes']>[number];

/** How a table differs from its definition, each in words that follow its name. */
export function differencesOf(defined: TableDefinition, found: TableDescription): string[] {
  const types = (table: TableDefinition | TableDescription) =>
    new Map(table.AttributeDefinitions?.map((one) => [one.AttributeName, one.AttributeType]));
  const typesFound = types(found);
  const indexes = new Map(found.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index]));
  // Attributes of an index that is missing are missing too, and say nothing more.
  const wrongTypes = [...types(defined)].filter(([name, type]) => (typesFound.get(name) ?? type) !== type);
  return [
    ...(found.TableStatus === 'ACTIVE' ? [] : [`is ${found.TableStatus}`]),
    ...(keyOf(found) === keyOf(defined) ? [] : [`has the key ${keyOf(found)}, not ${keyOf(defined)}`]),
    ...wrongTypes.map(([name, type]) => `has ${name} of type ${typesFound.get(name)}, not ${type}`),
    ...(defined.GlobalSecondaryIndexes ?? []).flatMap((index) =>
      differencesOfIndex(index, indexes.get(index.IndexName)),
    ),
  ];
}

function differencesOfIndex(
  defined: IndexDefinition,
  found: GlobalSecondaryIndexDescription | undefined,
): string[] {
  const name = defined.IndexName;
  if (!found) return [`lacks the index ${name}`];
  if (keyOf(found) !== keyOf(defined))
    return [`has the index ${name} by ${keyOf(found)}, not by ${keyOf(defined)}`];
  if (projectionOf(found) !== projectionOf(defined))
    return [`has the index ${name} with ${projectionOf(found)}, not with ${projectionOf(defined)}`];
  // A local DynamoDB may tell no status.
  return (found.IndexStatus ?? 'ACTIVE') === 'ACTIVE'
    ? []
    : [`has the index ${name}, which is ${found.IndexStatus}: what needs it fails until it is ACTIVE`];
}

type Keyed = {
  KeySchema?: { AttributeName?: string | undefined; KeyType?: string | undefined }[] | undefined;
};

const keyOf = ({ KeySchema = [] }: Keyed): string =>
  KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');

function projectionOf({ Projection }: IndexDefinition | GlobalSecondaryIndexDescription): string {
  const { ProjectionType = 'nothing', NonKeyAttributes = [] } = Projection ?? {};
  return [ProjectionType, ...[...NonKeyAttributes].sort()].join(' ');
}
