import type { TextForm } from '../shared/domain/text-forms.ts';

/** A JSON Schema 2020-12, or a part of one. */
export type Schema = Record<string, unknown>;

/** The schema of a value of type `T`: the compiler refuses one that is of another type. */
export interface Typed<T> {
  readonly schema: Schema;
  /** Never there: it makes the type count. */
  readonly is?: (value: T) => T;
}

/** What is published of a property. */
interface Property<T> {
  readonly of: Typed<T>;
  readonly says: string;
  readonly example?: T;
}

/** A property must be marked as required exactly where its type says that it is always there. */
type Need<T, K extends keyof T> = undefined extends T[K] ? { required?: never } : { required: true };

/** What is published of an object: the compiler refuses a property too many, and one too few. */
export type Described<T> = {
  readonly [K in keyof T]-?: Property<Exclude<T[K], undefined>> & Need<T, K>;
};

/** A text, of a form that the service checks. */
export const text = (form?: TextForm): Typed<string> => ({
  schema: { type: 'string', ...(form && { pattern: form.pattern.source }) },
});

/** ISO 8601, UTC. */
export const moment: Typed<string> = { schema: { type: 'string', format: 'date-time' } };

export const integer = (minimum: number): Typed<number> => ({ schema: { type: 'integer', minimum } });

export const yesOrNo: Typed<boolean> = { schema: { type: 'boolean' } };

/** One of the names of a table. */
export const oneOf = <T extends string>(table: Record<T, unknown>): Typed<T> => ({
  schema: { type: 'string', enum: Object.keys(table) },
});

export const listOf = <T>({ schema }: Typed<T>): Typed<T[]> => ({ schema: { type: 'array', items: schema } });

/** A schema among the components of the OpenAPI document. */
export const named = <T>(name: string): Typed<T> => ({ schema: { $ref: `#/components/schemas/${name}` } });

/** A property, whatever its type. */
interface Published {
  of: { schema: Schema };
  says: string;
  example?: unknown;
  required?: true;
}

/** The schema of an object. What isn't described is allowed, so that callers accept what a later release adds. */
export function objectOf<T>(description: string, described: Described<T>): Typed<T> {
  const all = Object.entries(described as unknown as Record<string, Published>);
  const required = all.filter(([, property]) => property.required).map(([name]) => name);
  const properties = Object.fromEntries(all.map(([name, property]) => [name, schemaOf(property)]));
  return { schema: { type: 'object', description, ...(required.length > 0 && { required }), properties } };
}

function schemaOf({ of, says, example }: Published): Schema {
  return { ...of.schema, description: says, ...(example !== undefined && { examples: [example] }) };
}
