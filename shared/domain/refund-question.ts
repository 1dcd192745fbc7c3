import type { Issue } from './errors.ts';
import { recordedNumber } from './text-forms.ts';

/** What a caller asks about one refund: its number, the other fields as given, and every fault of number and names. */
interface Question<Field extends string> {
  no_refund: string;
  given: Partial<Record<Field, unknown>>;
  issues: Issue[];
}

/** Reads a question; `fields` are those that it may have beside the number. Its number is empty where it has a fault. */
export function readQuestion<Field extends string>(
  input: unknown,
  fields: readonly Field[],
): Question<Field> {
  const isObject = typeof input === 'object' && input !== null;
  const { no_refund, ...given } = (isObject ? input : {}) as Record<string, unknown>;
  const issues: Issue[] = Object.keys(given)
    .filter((name) => !(fields as readonly string[]).includes(name))
    .map((path) => ({ path, message: 'is not a field of this query: leave it out' }));
  if (typeof no_refund === 'string' && recordedNumber.pattern.test(no_refund))
    return { no_refund, given: given as Question<Field>['given'], issues };
  issues.push({ path: 'no_refund', message: sentOnce(recordedNumber.otherwise, no_refund) });
  return { no_refund: '', given: given as Question<Field>['given'], issues };
}

/** A parameter that is given more than once is a list. */
export function sentOnce(otherwise: string, value: unknown): string {
  return Array.isArray(value) ? `${otherwise}, sent once` : otherwise;
}
