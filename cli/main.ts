import { Command, CommanderError } from 'commander';
import { plain } from './output.ts';
import { verifyCommand } from './verify/command.ts';
import { UnusableInput } from './verify/story.ts';

/** The command line cannot be carried out as it stands. */
const UNUSABLE = 2;

const program = new Command('refunds')
  .description('The command line of the refund service.')
  .configureHelp({ helpWidth: 100 })
  .showHelpAfterError('Add --help for how to use it.')
  .exitOverride();
program.addCommand(verifyCommand().copyInheritedSettings(program));

// A reader that has seen enough, as `head` has, is no failure.
process.stdout.on('error', () => {});
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has printed what is wrong, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : UNUSABLE;
  if (!(error instanceof UnusableInput)) throw error;
  console.error(plain(error.message));
  return UNUSABLE;
}
