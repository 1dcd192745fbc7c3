import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { eventSchema } from './event.ts';
import { openapi } from './openapi.ts';

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** The published documents as texts, by their paths. */
export function documents(): Record<string, string> {
  const document = openapi(read('package.json').version, read('schemas/examples.json'));
  const yaml = stringify(document, { aliasDuplicateObjects: false, lineWidth: 110 });
  return {
    'docs/openapi.yaml': `# Written by \`npm run schemas\`.\n${yaml}`,
    'docs/refund-status-changed.schema.json': `${JSON.stringify(eventSchema(), null, 2)}\n`,
  };
}
