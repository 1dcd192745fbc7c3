import { readFileSync } from 'node:fs';

/** A request of a file for editors, and the outcome that stands above it. */
export interface EditorRequest {
  title: string;
  /** `202 PROCESSING`, for example. */
  outcome: string;
  method: string;
  /** With the address of the service in the place of `{{base}}`. */
  urlAt(base: string): string;
  headers: Record<string, string>;
  body?: string;
}

/** The requests of a file, in order. */
export function requestsIn(file: string): EditorRequest[] {
  const [, ...parts] = readFileSync(file, 'utf8').split(/^### /m);
  return parts.map((part) => {
    const [head = '', body] = part.trimEnd().split('\n\n');
    const [title = '', outcome = '', request = '', ...headers] = head.split('\n');
    const [method = '', url = ''] = request.split(' ');
    return {
      title,
      outcome: outcome.replace('# ', ''),
      method,
      urlAt: (base) => url.replace('{{base}}', base),
      headers: Object.fromEntries(headers.map((line) => line.split(': ') as [string, string])),
      ...(body && { body }),
    };
  });
}
