import { Command, CommanderError } from 'commander';
import { painterFor, plain } from '../output.ts';
import { findSandbox } from '../running-sandbox.ts';
import { awsOf } from './aws.ts';
import { readDefinition } from './definition.ts';
import { examine } from './examine.ts';
import { CannotRun } from './finding.ts';
import { readStack } from './read-stack.ts';
import { reportAsJson, reportAsText } from './report.ts';
import { type Setup, sandboxSetup, stackSetup } from './setup.ts';

interface Options {
  stage?: string;
  region?: string;
  json?: boolean;
}

/** The doctor can't begin. */
const UNUSABLE = 2;

/** Where scripts/run.mjs starts it. */
const FOLDER = process.cwd();

const EXAMPLES = `
Examples:
  npm run doctor                                    the sandbox that runs on this machine
  PORT=3080 npm run doctor                          the one on that port
  npm run doctor -- --stage prod --region ap-east-1 a deployed stage, with AWS's usual credentials
  npm run -s doctor -- --json                       for programs

Exit status: 0 no fault, 1 a fault, 2 it can't look.
docs/operations.md says what it looks at, and with which rights.`;

const program = new Command('doctor')
  .description('Looks whether the service is set up rightly, and says what to do. It changes nothing.')
  .option('--stage <name>', 'a deployed stage, in place of the sandbox')
  .option('--region <name>', "the stage's region; default: the one in serverless.yml")
  .option('--json', 'print the findings as JSON')
  .addHelpText('after', EXAMPLES)
  .showHelpAfterError('Add --help for how to use it.')
  .configureHelp({ helpWidth: 100 })
  .exitOverride()
  .action(lookAt);

async function lookAt({ stage, region, json }: Options): Promise<void> {
  const setup = await setupOf(stage, region);
  const findings = await examine(setup).finally(() => setup.aws.destroy());
  const paint = painterFor(process.stdout, process.env);
  console.log(json ? reportAsJson(setup.title, findings) : reportAsText(setup.title, findings, paint));
  process.exitCode = findings.some(({ verdict }) => verdict === 'fault') ? 1 : 0;
}

async function setupOf(stage: string | undefined, region: string | undefined): Promise<Setup> {
  const definition = readDefinition(FOLDER);
  if (stage) {
    const aws = awsOf({ region: region ?? definition.region });
    return stackSetup(await readStack(aws, definition, stage), definition, aws);
  }
  if (region) throw new CannotRun('A region has stages: give --stage too.');
  const sandbox = findSandbox(FOLDER, process.env.PORT);
  if (typeof sandbox === 'string')
    throw new CannotRun(`${sandbox} To look at a deployed stage, give --stage.`);
  return sandboxSetup(sandbox, definition);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : UNUSABLE;
  else if (error instanceof CannotRun) {
    console.error(plain(error.message));
    process.exitCode = UNUSABLE;
  } else throw error;
}
