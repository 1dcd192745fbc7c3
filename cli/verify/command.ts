import { Command } from 'commander';
import { collected } from '../collected.ts';
import { painterFor, plain } from '../output.ts';
import { fileOf } from './file.ts';
import { readKeys } from './read-keys.ts';
import { readStory } from './read-story.ts';
import { reportAsJson, reportAsText } from './report.ts';
import { verifyStory } from './verify-story.ts';

interface Options {
  key: string[];
  json?: boolean;
}

const EXAMPLES = `
A key file has the gateway's public key in any form that the service takes: PEM, bare base64, or the JSON of its secret.

Examples, in a clone of the project:
  npm run refunds -- verify story.json --key gateway-public.pem
  npm run refunds -- verify page-1.json page-2.json --key old.pem --key new.pem
  curl -s http://127.0.0.1:3000/refunds/2013051500005/history | npm run -s refunds -- verify - --key sandbox/keys/gateway-public.pem
  npm run -s refunds -- verify story.json --key gateway-public.pem --json

Exit status: 0 all follows, 1 something does not, 2 the input or the command line cannot be used.
docs/evidence.md says how to export a story, and what this proves.`;

/** `verify`: whether an exported story follows from the gateway's own signatures. */
export function verifyCommand(): Command {
  return new Command('verify')
    .summary("verify a refund's exported story against the gateway's signatures")
    .description(
      "Verifies a refund's exported story: whether the gateway signed every message in it, and whether each status follows from one. It uses the files that you name and nothing else.",
    )
    .argument('<file...>', 'the story: the JSON of one answer, or of several in order; - is standard input')
    .requiredOption('--key <file>', 'a public key of the gateway; give it again for a further one', collected)
    .option('--json', 'print the verdict as JSON')
    .addHelpText('after', EXAMPLES)
    .action(verify);
}

function verify(files: string[], { key, json }: Options): void {
  const keys = readKeys(key.map(fileOf), (fault) => console.error(`Warning: ${plain(fault)}`));
  const verdict = verifyStory(readStory(files.map(fileOf)), keys);
  const paint = painterFor(process.stdout, process.env);
  console.log(json ? reportAsJson(verdict, keys) : reportAsText(verdict, keys, paint));
  process.exitCode = verdict.faults.length === 0 ? 0 : 1;
}
