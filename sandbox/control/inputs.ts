import type { Overrides } from '../gateway/manual-notification.ts';
import { parseObject } from '../gateway/message-format.ts';
import { ControlError } from './control-error.ts';

/** What `POST /notifications` asks for. */
interface Order {
  readonly no_refund: string;
  readonly changes?: Overrides;
  readonly url?: string;
}

const example =
  '{"no_refund": "NUMBER", "changes": {"sta_refund": "3"}, "url": "http://127.0.0.1:PORT/PATH"}';

/**
 * A query parameter; undefined where it isn't given.
 * @throws ControlError where it is empty, or given twice
 */
export function textIn({ searchParams }: URL, name: string): string | undefined {
  const [value, ...others] = searchParams.getAll(name);
  if (others.length > 0) throw new ControlError('InvalidRequest', `Give ${name} once.`);
  if (value === '')
    throw new ControlError('InvalidRequest', `${name} is empty: give a value, or leave it out.`);
  return value;
}

/**
 * The parameter `limit`; infinite where it isn't given.
 * @throws ControlError where it isn't a whole number from 1
 */
export function limitIn(target: URL): number {
  const text = textIn(target, 'limit');
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new ControlError('InvalidRequest', 'limit must be a whole number from 1, such as 50.');
  return Number(text);
}

/**
 * What the body of `POST /notifications` asks for.
 * @throws ControlError that names what is wrong
 */
export function orderIn(body: string): Order {
  const fields = parseObject(Buffer.from(body));
  if (!fields) throw invalid('The body must be a JSON object');
  const { no_refund, changes = {}, url, ...others } = fields;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`There is no field ${unknown}`);
  if (typeof no_refund !== 'string' || no_refund === '') throw invalid('no_refund must be a text');
  if (url !== undefined && typeof url !== 'string') throw invalid('url must be a text');
  return { no_refund, changes: overridesIn(changes), ...(url !== undefined && { url }) };
}

/** JSON has no undefined: null leaves a field out. */
function overridesIn(changes: unknown): Overrides {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes))
    throw invalid('changes must be an object');
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]) => {
      if (value !== null && typeof value !== 'string')
        throw invalid(`changes.${name} must be a text, or null to leave the field out`);
      return [name, value ?? undefined];
    }),
  );
}

function invalid(fault: string): ControlError {
  return new ControlError('InvalidRequest', `${fault}. Send for example ${example}.`);
}
