import { Command, CommanderError } from 'commander';
import { RefundServiceError } from '../client/index.ts';
import { plain } from './output.ts';
import { applyCommand } from './refunds/apply.ts';
import { EXIT, exitOf, exitOfControl, Unusable } from './refunds/exit.ts';
import { getCommand } from './refunds/get.ts';
import { historyCommand } from './refunds/history.ts';
import { listCommand } from './refunds/list.ts';
import { notificationsCommand } from './refunds/notifications.ts';
import { triggerCommand } from './refunds/trigger.ts';
import { watchCommand } from './refunds/watch.ts';
import { SandboxControlError } from './sandbox-control.ts';
import { textsFor } from './texts.ts';
import { verifyCommand } from './verify/command.ts';
import { UnusableInput } from './verify/story.ts';

const texts = textsFor(process.env);

const program = new Command('refunds')
  .description(texts.about)
  .configureHelp({ helpWidth: 100 })
  .showHelpAfterError(texts.addHelp)
  .exitOverride();
const commands = [
  applyCommand,
  getCommand,
  listCommand,
  historyCommand,
  watchCommand,
  triggerCommand,
  notificationsCommand,
];
for (const command of [...commands.map((make) => make(texts)), verifyCommand()])
  program.addCommand(withSettingsOf(program, command));

/** Commander gives a command's settings to those below only where it makes them itself. */
function withSettingsOf(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const part of command.commands) withSettingsOf(command, part as Command);
  return command;
}

// A reader that has seen enough, as `head` has, is no failure.
process.stdout.on('error', () => {});
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has printed what is wrong, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.unusable;
  const foreseen = [UnusableInput, Unusable, RefundServiceError, SandboxControlError];
  if (!foreseen.some((kind) => error instanceof kind)) throw error;
  console.error(plain((error as Error).message));
  if (error instanceof SandboxControlError) return exitOfControl(error);
  return error instanceof RefundServiceError ? exitOf(error) : EXIT.unusable;
}
