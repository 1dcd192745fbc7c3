import { ServiceUnavailable } from '../domain/errors.ts';

/**
 * The outcome of a read.
 *
 * @throws ServiceUnavailable where the table is out of reach
 */
export async function reached<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw outOfReach(error);
  }
}

/** Mistakes that are ours to correct; everything else is the table, the way to it, or the right to use it. */
const OUR_FAULT = new Set(['ValidationException', 'SerializationException']);

/** What a caller may be told of an error of DynamoDB's after which nothing is written. */
export function outOfReach(cause: unknown): unknown {
  if (OUR_FAULT.has(nameOf(cause))) return cause;
  return tableOutOfReach('refunds', cause);
}

/** The error of a call that has found no way to a table, before it wrote anything. */
export function tableOutOfReach(table: 'refunds' | 'stories', cause: unknown): ServiceUnavailable {
  return new ServiceUnavailable(
    `The table of ${table} is out of reach (${nameOf(cause)}). This call has recorded nothing and sent nothing: ` +
      'repeat it, unchanged.',
    {},
    { cause },
  );
}

/** An error's name, whatever was thrown. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
