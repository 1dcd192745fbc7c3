type Json = Record<string, unknown>;

/** Whether a rule of EventBridge with this pattern takes an event: exact values, and `exists`. */
export function isMatch(pattern: Json, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = (event as Json | undefined)?.[name];
    if (!Array.isArray(wanted)) return isMatch(wanted as Json, value);
    return wanted.some((matcher) => isOne(matcher, value));
  });
}

function isOne(matcher: unknown, value: unknown): boolean {
  if (typeof matcher !== 'object' || matcher === null) return matcher === value;
  const [kind, ...others] = Object.keys(matcher);
  if (kind !== 'exists' || others.length > 0) throw new Error(`unknown matcher ${JSON.stringify(matcher)}`);
  return (matcher as { exists: boolean }).exists === (value !== undefined);
}

export interface InputTransformer {
  InputPathsMap: Record<string, string>;
  InputTemplate: string;
}

/** What a target receives. EventBridge puts texts between quotes as they are, with their quotes escaped. */
export function inputFor({ InputPathsMap, InputTemplate }: InputTransformer, event: Json): unknown {
  const valueAt = (path: string) =>
    path
      .replace(/^\$\./, '')
      .split('.')
      .reduce<unknown>((value, name) => (value as Json | undefined)?.[name], event);
  const filled = InputTemplate.replace(/<(\w+)>/g, (_whole, name: string) => {
    const path = InputPathsMap[name];
    if (!path) throw new Error(`the template has <${name}>, and no path for it`);
    return JSON.stringify(String(valueAt(path) ?? '')).slice(1, -1);
  });
  return JSON.parse(filled);
}
