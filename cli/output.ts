import { styleText } from 'node:util';

/** How a word is shown on a terminal that has colours. */
export type Paint = (style: 'green' | 'red' | 'bold' | 'dim', text: string) => string;

/** Colours on a terminal only, and not where NO_COLOR asks for none. */
export function painterFor(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  const isPlain = !stream.isTTY || Boolean(environment.NO_COLOR) || environment.TERM === 'dumb';
  return (style, text) => (isPlain ? text : styleText(style, text, { validateStream: false }));
}

/** A table's rows, with each column as wide as its widest cell. */
export function aligned(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_cell, index) =>
    Math.max(...rows.map((row) => row[index]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Every field on a line, by its name. */
export function fieldLines(fields: object, paint: Paint): string[] {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields).map(([name, value]) => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return `${paint('dim', name.padEnd(width))}  ${plain(text)}`;
  });
}

/** Text of others on one line, without what could move the cursor or hide a line. */
export function plain(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]+/gu, '�');
}
