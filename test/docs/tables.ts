import { readFileSync } from 'node:fs';

/** One row of a Markdown table, by the names of its columns. */
export type Row = Record<string, string>;

/** The row as a line of Markdown: what a test prints, so that it can be pasted. */
export function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => `${cell} `.trimStart()).join('| ')}|`;
}

/**
 * The rows of the table whose head begins with these columns.
 *
 * @throws Error where the page has no such table
 */
export function tableOf(file: string, ...firstColumns: string[]): Row[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.findIndex((text) => text.startsWith(`| ${firstColumns.join(' | ')} |`));
  if (start < 0)
    throw new Error(`${file} has no table that begins with the columns ${firstColumns.join(', ')}`);
  const end = lines.findIndex((text, index) => index > start && !text.startsWith('|'));
  const [head = [], , ...rows] = lines.slice(start, end < 0 ? undefined : end).map(cellsOf);
  return rows.map((cells) => Object.fromEntries(head.map((column, index) => [column, cells[index] ?? ''])));
}

function cellsOf(text: string): string[] {
  return text
    .slice(1, text.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim());
}

/** The words in a cell that are written as code. */
export function codesIn(cell = ''): string[] {
  return [...cell.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** Words written as code, each once, with commas between them. */
export function asCode(words: readonly string[] = []): string {
  return [...new Set(words)].map((word) => `\`${word}\``).join(', ');
}
