import type { IncomingMessage } from 'node:http';
import { NotThere, Unreadable } from './failure.ts';

/** What the page asks for. */
export interface Call {
  method: string;
  /** The segments behind `/console/api/`, as they were meant. */
  path: string[];
  query: Record<string, string>;
  /** An object; empty where there is none. */
  body: Record<string, unknown>;
}

const PREFIX = '/console/api/';

/** What the service takes at most, bytes. */
const MAX_BODY = 64 * 1024;

/**
 * Reads a request of the page.
 *
 * @throws NotThere, Unreadable
 */
export async function callIn(request: IncomingMessage, { pathname, searchParams }: URL): Promise<Call> {
  if (!pathname.startsWith(PREFIX)) throw new NotThere();
  const method = request.method ?? '';
  return {
    method,
    path: pathname.slice(PREFIX.length).split('/').map(decoded),
    query: queryIn(searchParams),
    body: method === 'POST' ? objectIn(await bodyOf(request)) : {},
  };
}

/** The service would refuse a repeated parameter; here one of the two would be lost. */
function queryIn(parameters: URLSearchParams): Record<string, string> {
  const names = [...parameters.keys()];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Unreadable(`${repeated} is given twice: give it once.`);
  return Object.fromEntries(parameters);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new NotThere();
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    // Read to its end: whoever stops breaks the connection, and the answer may be lost with it.
    if (bytes <= MAX_BODY) parts.push(part);
  }
  if (bytes > MAX_BODY) throw new Unreadable(`The body is longer than ${MAX_BODY} bytes.`);
  return Buffer.concat(parts).toString();
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Refused below, like any text that is no object.
  }
  throw new Unreadable('The body is not a JSON object.');
}
