import { readFileSync } from 'node:fs';
import { UnusableInput } from './story.ts';

/** A file that somebody names; - is standard input. Throws UnusableInput where it can't be read. */
export function fileOf(name: string): { name: string; text: string } {
  try {
    return name === '-'
      ? { name: 'Standard input', text: readFileSync(0, 'utf8') }
      : { name, text: readFileSync(name, 'utf8') };
  } catch (error) {
    throw new UnusableInput(
      `${name} cannot be read (${(error as NodeJS.ErrnoException).code}). Check its name.`,
    );
  }
}
