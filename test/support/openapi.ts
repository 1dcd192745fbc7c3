import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

type Schema = Record<string, unknown>;

interface Operation {
  description: string;
  operationId: string;
  security: object[];
  parameters?: { name: string; in: string; schema: Schema }[];
  responses: Record<string, { content: { 'application/json': { schema: Schema; examples?: object } } }>;
}

/** The published OpenAPI document. */
export const published = parse(readFileSync('docs/openapi.yaml', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

/** The published schema of the event. */
const publishedEvent: Schema = JSON.parse(readFileSync('docs/refund-status-changed.schema.json', 'utf8'));

/** A schema that refuses what it doesn't describe: a new field must not be forgotten. */
function closed<T>(schema: T): T {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(closed) as T;
  const parts = Object.entries(schema).map(([name, part]) => [name, closed(part)]);
  const isOpen = 'type' in schema && 'properties' in schema && !('additionalProperties' in schema);
  return { ...Object.fromEntries(parts), ...(isOpen && { additionalProperties: false }) } as T;
}

function strictAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, strictRequired: false });
  return ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
}

/** The components as one JSON Schema: ajv knows no other parts of an OpenAPI document. */
const local = <T>(schema: T): T =>
  JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', 'openapi#/$defs/'));

const ajv = strictAjv().addSchema({ $id: 'openapi', $defs: local(closed(published.components.schemas)) });

const validators = new Map<string, ValidateFunction>();

/** Validates what a schema within the OpenAPI document describes. */
export function validatorOf(schema: Schema): ValidateFunction {
  const key = JSON.stringify(schema);
  const validate = validators.get(key) ?? ajv.compile(local(closed(schema)));
  validators.set(key, validate);
  return validate;
}

/** Validates an event on the bus. */
export const validateEvent = strictAjv().compile(closed(publishedEvent));

/** What a schema finds wrong with a value: empty where it is right. */
export function faultsOf(validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** What the document finds wrong with an answer of a route, such as `GET /refunds`. */
export function faultsOfAnswer(route: string, status: number, body: unknown): string[] {
  const [method = '', path = ''] = route.split(' ');
  const answer = published.paths[path]?.[method.toLowerCase()]?.responses[status];
  if (!answer) return [`${route} has no answer ${status}`];
  return faultsOf(validatorOf(answer.content['application/json'].schema), body);
}
