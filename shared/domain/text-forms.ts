/** The form of a field that is a text. The published schemas (schemas/) are made of the same forms. */
export interface TextForm {
  /** With the flag `u` and no other, so that a JSON Schema means the same by it. */
  readonly pattern: RegExp;
  /** What is wrong with any other text. */
  readonly otherwise: string;
  /** What the pattern cannot tell: whether a date is real, for example. */
  readonly holds?: ((text: string) => boolean) | undefined;
}

/** A form; `holds` where the pattern alone cannot tell. */
export const form = (pattern: RegExp, otherwise: string, holds?: TextForm['holds']): TextForm => ({
  pattern,
  otherwise,
  holds,
});

/** What is wrong with a text, or `undefined` where nothing is. */
export function faultOf({ pattern, otherwise, holds }: TextForm, text: string): string | undefined {
  return pattern.test(text) && (!holds || holds(text)) ? undefined : otherwise;
}

/** A reference that the gateway gave or was given: nothing that could be misread in a signed text. */
export const reference: TextForm = {
  pattern: /^(?!.*[&=])[\x21-\x7e]{1,32}$/u,
  otherwise: 'must be 1 to 32 printable ASCII characters without space, & and =',
};

/** The number of a record, which may be another program's: of a refund that was made elsewhere. */
export const recordedNumber: TextForm = {
  pattern: /^[\s\S]{1,32}$/u,
  otherwise: 'must be the number of a refund, 1 to 32 characters',
};
