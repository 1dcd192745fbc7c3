import type { IncomingMessage } from 'node:http';

/**
 * Whether a request comes from the console's own page. Every page that the operator's browser shows can send requests to
 * this machine, and a foreign name can be made to lead to it (DNS rebinding).
 *
 * @returns why not
 */
export function foreignRequest({ headers, method }: IncomingMessage, port: number): string | undefined {
  const names = ['127.0.0.1', 'localhost'];
  // A browser leaves out the port of its protocol.
  const hosts = port === 80 ? names : names.map((name) => `${name}:${port}`);
  if (!hosts.includes(headers.host ?? '')) return `Open the console at http://127.0.0.1:${port}/console.`;
  const isForeign = headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
  // A link elsewhere may open the page itself: its own page can't read what is opened.
  const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  const site = String(headers['sec-fetch-site'] ?? 'none');
  if (isForeign || !(isLink || ['same-origin', 'none'].includes(site)))
    return 'The console answers its own page only.';
  // No form of a page elsewhere can send this type.
  if (method !== 'GET' && headers['content-type'] !== 'application/json')
    return 'The console takes JSON only.';
  return undefined;
}
