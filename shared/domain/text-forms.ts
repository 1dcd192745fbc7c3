/** A rule of a field: what is wrong with a text, or `undefined` where nothing is. */
export type TextRule = (text: string) => string | undefined;

/** A rule that a predicate decides. */
export const rule =
  (holds: (text: string) => boolean, otherwise: string): TextRule =>
  (text) =>
    holds(text) ? undefined : otherwise;

/** A rule that a pattern decides. */
export const matching = (pattern: RegExp, otherwise: string): TextRule =>
  rule((text) => pattern.test(text), otherwise);
