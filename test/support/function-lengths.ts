import { parseSync } from '@swc/core';

/** What is read of a node of the syntax tree. */
interface Node {
  type?: string;
  span?: { start: number; end: number };
  id?: { value?: string };
  identifier?: { value?: string };
  key?: { value?: string };
  [part: string]: unknown;
}

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'MethodProperty',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
]);

/**
 * The functions of a file with more lines than `max`, from their first word to their closing brace, those within them
 * included. One without a name is told with that of what it is in.
 *
 * @param source TypeScript
 * @param tsx whether it has JSX
 */
export function longFunctionsIn(source: string, max: number, tsx = false): string[] {
  // The tree's positions are bytes, counted from the first word of the text: here that is its beginning.
  const text = Buffer.from(`;${source}`);
  const program = parseSync(text.toString(), {
    syntax: 'typescript',
    tsx,
    target: 'es2024',
  }) as unknown as Node;
  const offset = program.span?.start ?? 0;
  const long = new Set<string>();
  const visit = (node: unknown, within: string): void => {
    if (Array.isArray(node)) for (const item of node) visit(item, within);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type = '', span, id, identifier, key, ...parts } = node as Node;
    const name = id?.value ?? identifier?.value ?? key?.value ?? within;
    if (FUNCTIONS.has(type) && span) {
      const lines = text
        .subarray(span.start - offset, span.end - offset)
        .toString()
        .split('\n').length;
      if (lines > max) long.add(name);
    }
    for (const part of Object.values(parts)) visit(part, name);
  };
  visit(program, '');
  return [...long];
}
