import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request isn't answered: it is shown to whoever sent it. */
export interface Refusal {
  status: 401 | 403;
  message: string;
}

/**
 * Whether a request comes from the console's own page. Every page that the operator's browser shows can send requests to
 * this machine, and a foreign name can be made to lead to it (DNS rebinding).
 *
 * @returns why not
 */
export function foreignRequest({ headers, method }: IncomingMessage, port: number): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? ''))
    return { status: 403, message: `Open the console at http://127.0.0.1:${port}/console.` };
  const isForeign = headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
  // A link elsewhere may open the page itself: its own page can't read what is opened.
  const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  const site = String(headers['sec-fetch-site'] ?? 'none');
  if (isForeign || !(isLink || ['same-origin', 'none'].includes(site)))
    return { status: 403, message: 'The console answers its own page only.' };
  // No form of a page elsewhere can send this type.
  if (method !== 'GET' && headers['content-type'] !== 'application/json')
    return { status: 403, message: 'The console takes JSON only.' };
  return undefined;
}

/** Consoles on one machine share their cookies: the name has the port. */
const cookieName = (port: number) => `console-${port}`;

/** A cookie that no script can read, and that is sent from the console's own page only. */
export function cookieFor(port: number, key: string): string {
  return `${cookieName(port)}=${key}; HttpOnly; SameSite=Strict; Path=/console`;
}

/** Whether the key is missing that others on this machine don't know: the console acts with the operator's rights. */
export function withoutKey({ headers }: IncomingMessage, port: number, key?: string): Refusal | undefined {
  const prefix = `${cookieName(port)}=`;
  const given = headers.cookie?.split('; ').find((text) => text.startsWith(prefix));
  if (key === undefined || isSame(given?.slice(prefix.length) ?? '', key)) return undefined;
  return { status: 401, message: 'Open the link that the command has printed: it has the key.' };
}

/** Compares in constant time. */
export function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
