import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { collected } from '../cli/collected.ts';
import { plain } from '../cli/output.ts';
import { Unusable } from '../cli/refunds/exit.ts';
import type { Whereabouts } from '../cli/refunds/service.ts';
import { SandboxControlError } from '../cli/sandbox-control.ts';
import { textsFor } from '../cli/texts.ts';
import { UnusableInput } from '../cli/verify/story.ts';
import { Access } from './access.ts';
import { startConsole } from './server.ts';
import { shownAt } from './shown.ts';

interface Options extends Whereabouts {
  port: number;
  key: string[];
}

const DEFAULT_PORT = 3100;

const texts = textsFor(process.env);

const EXAMPLES = `
${texts.examples}
  npm run console
  npm run console -- --stage prod --key gateway-public.pem
  npm run console -- --url https://API.execute-api.ap-east-1.amazonaws.com --port 3200`;

const program = new Command('console')
  .description(texts.console)
  .option('--stage <name>', texts.stage)
  .option('--url <url>', texts.url)
  .option('--region <name>', texts.region)
  .option('--key <file>', texts.key, collected, [])
  .option('--port <number>', texts.port, portNumber, DEFAULT_PORT)
  .addHelpText('after', EXAMPLES)
  .showHelpAfterError(texts.addHelp)
  .exitOverride()
  .action(run);

/** 0: any that is free. */
function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}

async function run({ port, key: keyFiles, ...where }: Options): Promise<void> {
  const shown = await shownAt(where, keyFiles);
  // The sandbox has no secrets. With a stage, others on this machine would have the operator's rights.
  const access = shown.about.isSandbox ? {} : { access: new Access() };
  const { url } = await startConsole(shown, { port, ...access });
  console.log(`${texts.consoleAt} ${url}`);
}

/** Errors whose message says what to do. */
const TOLD = [Unusable, UnusableInput, SandboxControlError];

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = 2;
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (TOLD.some((kind) => error instanceof kind)) console.error(plain((error as Error).message));
  else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') console.error(texts.portInUse);
  else throw error;
}
