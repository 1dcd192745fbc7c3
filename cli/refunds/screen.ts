import { type Paint, painterFor } from '../output.ts';
import { filled, type Texts, textsFor } from '../texts.ts';

/** Where the commands print, and in which language. */
export interface Screen {
  texts: Texts;
  paint: Paint;
  print(line: string): void;
  /** A text of the table, with its values. */
  say(text: keyof Texts, values?: Record<string, unknown>): void;
  /** For programs. */
  json(value: unknown): void;
}

/** Standard output, with colours on a terminal only. */
export function screen(): Screen {
  const texts = textsFor(process.env);
  const print = (line: string) => console.log(line);
  return {
    texts,
    paint: painterFor(process.stdout, process.env),
    print,
    say: (text, values = {}) => print(filled(texts[text], values)),
    json: (value) => print(JSON.stringify(value, null, 2)),
  };
}
