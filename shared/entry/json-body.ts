import { InvalidRequest } from '../domain/errors.ts';

/**
 * The value that a body is. A field that comes more than once is a list, as a parameter of the query is: JSON.parse
 * passes over all but the last, and nobody can know which of them is meant.
 *
 * @throws InvalidRequest that says where the body stops being JSON, and never what stands there: that may be a secret
 */
export function jsonIn(body: string): unknown {
  const { end, repeated } = lookThrough(body);
  try {
    const value = JSON.parse(body);
    if (repeated.length === 0) return value;
    return { ...value, ...Object.fromEntries(repeated.map((name) => [name, [value[name]]])) };
  } catch {
    // JSON.parse itself tells the place of some faults only, and quotes the text around others.
    const message = `the body must be a JSON object with the fields of a refund: ${placeOf(body, end)}`;
    throw new InvalidRequest([{ path: '', message }]);
  }
}

function placeOf(body: string, at: number): string {
  if (body === '') return 'it is empty';
  const lines = body.slice(0, at).split('\n');
  const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
  return at === body.length ? `it breaks off at ${place}` : `it is not JSON from ${place} on`;
}

/**
 * White space and a token of JSON, or as much of a token as there is, even nothing of it. Whole ones alone have a
 * group: a mark, the quote that closes a text, or any other value.
 */
const TOKEN =
  /[\t\n\r ]*(?:([{}[\],:])|"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*(?:(")|\\(?:u[\da-fA-F]{0,3})?|)|((?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\d.eE]))|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:(?<!\.)[eE][+-]?\d*)?)?)/y;

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

/**
 * `end`: where a text stops being JSON, or the broken word or number begins; its length where only the rest is missing.
 * `repeated`: the names that come more than once in the object that the text is.
 */
export function lookThrough(text: string): { end: number; repeated: string[] } {
  const open: ('{' | '[')[] = [];
  const names = new Set<string>();
  const repeated: string[] = [];
  let state: State = 'value';
  for (let at = 0; ; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [found = '', mark, closing, value] = TOKEN.exec(text) ?? [];
    const token = found.trimStart();
    const kind = mark ?? (token.startsWith('"') ? '"' : 'v');
    const start = TOKEN.lastIndex - token.length;
    if (!ALLOWED[state].includes(kind)) return { end: start, repeated };
    const isCutOff = kind === '"' || TOKEN.lastIndex === text.length;
    if ((mark ?? closing ?? value) === undefined)
      return { end: isCutOff ? TOKEN.lastIndex : start, repeated };
    if (open.length === 1 && isName(kind, state)) {
      const name = JSON.parse(token);
      if (names.has(name)) repeated.push(name);
      names.add(name);
    }
    state = stateAfter(kind, state, open);
  }
}

function stateAfter(kind: string, state: State, open: ('{' | '[')[]): State {
  if (kind === '{' || kind === '[') open.push(kind);
  if (kind === '{') return 'firstName';
  if (kind === '[') return 'firstValue';
  if (kind === ':') return 'value';
  if (kind === ',') return open.at(-1) === '{' ? 'name' : 'value';
  if (isName(kind, state)) return 'colon';
  if (kind === '}' || kind === ']') open.pop();
  return `after${open.at(-1) ?? ''}`;
}

function isName(kind: string, state: State): boolean {
  return kind === '"' && (state === 'name' || state === 'firstName');
}
