import { styleText } from 'node:util';

/** How a word is shown on a terminal that has colours. */
export type Paint = (style: 'green' | 'red' | 'bold' | 'dim', text: string) => string;

/** Colours on a terminal only, and not where NO_COLOR asks for none. */
export function painterFor(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  const isPlain = !stream.isTTY || Boolean(environment.NO_COLOR) || environment.TERM === 'dumb';
  return (style, text) => (isPlain ? text : styleText(style, text, { validateStream: false }));
}

/** Text of others on one line, without what could move the cursor or hide a line. */
export function plain(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]+/gu, '�');
}
