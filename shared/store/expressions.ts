import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Changes, Counted, Expected } from '../app/ports/store.ts';
import { toAttributeValue, type Value } from './attribute-values.ts';

/** The parts of an UpdateItem request that say what is expected and what changes. */
export interface UpdateExpressions {
  ConditionExpression: string;
  UpdateExpression: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues: Record<string, AttributeValue> | undefined;
}

/** Writes an update down in DynamoDB's expression language. */
export function updateExpressions(
  expected: Expected,
  changes: Changes,
  counted: readonly Counted[],
): UpdateExpressions {
  const placeholders = newPlaceholders();
  const { names, values, name, value } = placeholders;
  const condition = ([field, accepted]: [string, readonly (Value | undefined)[]]) => {
    const alternatives = accepted.map((is) =>
      is === undefined ? `attribute_not_exists(${name(field)})` : `${name(field)} = ${value(is)}`,
    );
    return `(${alternatives.join(' OR ')})`;
  };
  const conditions = [`attribute_exists(${name('no_refund')})`, ...Object.entries(expected).map(condition)];
  const { set, remove } = actionsOf(changes, placeholders);
  const add = counted.map((field) => `${name(field)} ${value(1)}`);
  return {
    ConditionExpression: conditions.join(' AND '),
    UpdateExpression: [...clause('SET', set), ...clause('REMOVE', remove), ...clause('ADD', add)].join(' '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: Object.keys(values).length > 0 ? values : undefined,
  };
}

function actionsOf(changes: Changes, { name, value }: Placeholders): Record<'set' | 'remove', string[]> {
  const set: string[] = [];
  const remove: string[] = [];
  for (const [field, is] of Object.entries(changes)) {
    if (is === undefined) remove.push(name(field));
    else set.push(`${name(field)} = ${value(is)}`);
  }
  return { set, remove };
}

type Placeholders = ReturnType<typeof newPlaceholders>;

/** Placeholders: for names, since DynamoDB reserves many, and for values. */
function newPlaceholders() {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  let count = 0;
  const name = (field: string) => {
    names[`#${field}`] = field;
    return `#${field}`;
  };
  const value = (is: Value) => {
    const placeholder = `:${count}`;
    count += 1;
    values[placeholder] = toAttributeValue(is);
    return placeholder;
  };
  return { names, values, name, value };
}

function clause(keyword: string, actions: string[]): string[] {
  return actions.length > 0 ? [`${keyword} ${actions.join(', ')}`] : [];
}
