import { ACKNOWLEDGED, notAcknowledged } from '../shared/entry/notify.ts';
import type { Schema } from './described.ts';
import { type ErrorName, httpStatusOf, meaningOf } from './errors.ts';

/** Real answers of the service by their schema's name: schemas/examples.json. */
export type Examples = Record<string, unknown>;

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** An answer in JSON, which has the form of one of these schemas. */
export function answer(description: string, names: string[], examples: Examples): Schema {
  const known = names.filter((name) => examples[name] !== undefined);
  return {
    description,
    content: {
      'application/json': {
        schema: names.length > 1 ? { anyOf: names.map(ref) } : ref(String(names[0])),
        ...(known.length > 0 && {
          examples: Object.fromEntries(known.map((name) => [name, { value: examples[name] }])),
        }),
      },
    },
  };
}

/** What API Gateway answers by itself on each route, by HTTP status. */
const BY_API_GATEWAY: Record<number, string> = {
  429: 'API Gateway: too many requests. Repeat it, unchanged, some moments later.',
  500: 'API Gateway: the function could not be called. Repeat the request, unchanged.',
  503: 'API Gateway: the function gave no answer. It may have done its work: repeat the request, unchanged.',
};

const NOT_ALLOWED: Record<number, string> = {
  403: 'API Gateway: the request is not signed, or its signer may not call this route.',
};

/** The answers that are errors: those of the service by their names, and API Gateway's own. */
export function errorAnswers(names: readonly ErrorName[], isSigned: boolean, examples: Examples): Schema {
  const byGateway = isSigned ? { ...BY_API_GATEWAY, ...NOT_ALLOWED } : BY_API_GATEWAY;
  const statuses = [...new Set([...names.map(httpStatusOf), ...Object.keys(byGateway).map(Number)])];
  return Object.fromEntries(
    statuses
      .sort((a, b) => a - b)
      .map((status) => {
        const own = names.filter((name) => httpStatusOf(name) === status);
        const says = own.map((name) => `\`${name}\`: ${meaningOf(name)}`);
        const theirs = byGateway[status] ? [byGateway[status]] : [];
        const schemas = [...own, ...(theirs.length > 0 ? ['ApiGatewayError'] : [])];
        return [String(status), answer([...says, ...theirs].join(' '), schemas, examples)];
      }),
  );
}

/** The answers to a notification, which have the gateway's own form. */
export function notificationAnswers(names: readonly ErrorName[]): Schema {
  const replies = names.map((name) => [
    String(httpStatusOf(name)),
    replied(`\`${name}\`: the gateway sends the notification again.`, notAcknowledged(name)),
  ]);
  const own = { ...Object.fromEntries(replies), 200: replied('The message is recorded.', ACKNOWLEDGED) };
  return { ...errorAnswers([], false, {}), ...withApiGateway(own) };
}

function replied(description: string, value: object): Schema {
  return answer(description, ['Reply'], { Reply: value });
}

/** API Gateway's own bodies beside ours, where it uses the same status. */
function withApiGateway(answers: Record<string, Schema>): Schema {
  return Object.fromEntries(
    Object.entries(answers).map(([status, own]) => {
      const theirs = BY_API_GATEWAY[Number(status)];
      if (!theirs) return [status, own];
      const [media] = Object.values(own.content as Record<string, Schema>);
      const schema = { anyOf: [media?.schema, ref('ApiGatewayError')] };
      const content = { 'application/json': { ...media, schema } };
      return [status, { description: `${own.description} ${theirs}`, content }];
    }),
  );
}
