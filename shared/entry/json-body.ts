import { InvalidRequest } from '../domain/errors.ts';

/**
 * The value that a body is.
 *
 * @throws InvalidRequest that says where the body stops being JSON, and never what stands there: that may be a secret
 */
export function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // JSON.parse itself tells the place of some faults only, and quotes the text around others.
    const message = `the body must be a JSON object with the fields of a refund: ${placeOf(body, endOfJson(body))}`;
    throw new InvalidRequest([{ path: '', message }]);
  }
}

function placeOf(body: string, at: number): string {
  if (body === '') return 'it is empty';
  const lines = body.slice(0, at).split('\n');
  const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
  return at === body.length ? `it breaks off at ${place}` : `it is not JSON from ${place} on`;
}

/** A token of JSON and the white space before it. */
const TOKEN =
  /[\t\n\r ]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/** What may come next: a mark, a text (`"`) or any other value (`v`). */
const ALLOWED = {
  value: '{["v',
  firstValue: '{["v]',
  firstName: '"}',
  name: '"',
  colon: ':',
  'after{': ',}',
  'after[': ',]',
  after: '',
};

type State = keyof typeof ALLOWED;

/** The position from which on a text can't be JSON any more: its length where only the rest is missing. */
export function endOfJson(text: string): number {
  const open: ('{' | '[')[] = [];
  let state: State = 'value';
  for (let at = 0; ; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [token, mark, quoted] = TOKEN.exec(text) ?? [];
    const kind = mark ?? (quoted ? '"' : 'v');
    if (token === undefined || !ALLOWED[state].includes(kind))
      return at + text.slice(at).search(/[^\t\n\r ]|$/);
    state = stateAfter(kind, state, open);
  }
}

function stateAfter(kind: string, state: State, open: ('{' | '[')[]): State {
  if (kind === '{' || kind === '[') open.push(kind);
  if (kind === '{') return 'firstName';
  if (kind === '[') return 'firstValue';
  if (kind === ':') return 'value';
  if (kind === ',') return open.at(-1) === '{' ? 'name' : 'value';
  if (kind === '"' && /name/i.test(state)) return 'colon';
  if (kind === '}' || kind === ']') open.pop();
  return `after${open.at(-1) ?? ''}`;
}
