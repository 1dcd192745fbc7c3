import type { Failure } from '../protocol.ts';
import { keyHeaders } from './key.ts';

/** What the server says of a call that it couldn't carry out. */
export class CallFailed extends Error {
  override readonly name: string;
  readonly issues: readonly { path: string; message: string }[];

  constructor({ name, message, issues = [] }: Failure['error']) {
    super(message);
    this.name = name;
    this.issues = issues;
  }
}

/**
 * Calls the console's own server.
 *
 * @param path behind `/console/api/`, encoded
 * @throws CallFailed
 */
export async function call<T>(path: string, options: RequestInit = {}): Promise<T> {
  const headers = { ...options.headers, ...keyHeaders() };
  const response = await fetch(`/console/api/${path}`, { ...options, headers }).catch((error: Error) => {
    if (options.signal?.aborted) throw error;
    throw new CallFailed({ name: 'NoAnswer', message: 'The console has ended. Start it again.' });
  });
  const content: unknown = await response.json();
  if (!response.ok) throw new CallFailed((content as Failure).error);
  return content as T;
}

/** Has the server do something. */
export function command<T>(path: string, body: object = {}): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  return call<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}
