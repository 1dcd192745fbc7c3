import { Command } from 'commander';
import { collected } from '../collected.ts';
import { fieldLines } from '../output.ts';
import type { NotificationOrder, SandboxControl } from '../sandbox-control.ts';
import { filled, type Texts } from '../texts.ts';
import { EXIT, Unusable } from './exit.ts';
import { outcomeOf, rowsOf } from './notification-lines.ts';
import { type CommonOptions, counted, sandboxCommand } from './options.ts';
import { screen } from './screen.ts';
import { controlAt } from './service.ts';

/** `notifications`: what the sandbox's gateway has sent, and to send it again. Alone, it lists. */
export function notificationsCommand(texts: Texts): Command {
  const others = [showCommand, resendCommand, sendCommand];
  const command = new Command('notifications')
    .summary(texts.notifications)
    .description(texts.notifications)
    .helpCommand(false)
    .addCommand(listCommand(texts), { isDefault: true });
  for (const part of others) command.addCommand(part(texts));
  return command;
}

const controlFor = (options: CommonOptions): SandboxControl => controlAt(options, 'notifications');

function listCommand(texts: Texts): Command {
  return sandboxCommand('list', texts.notificationsList, texts, [
    'notifications list --refund my-first-refund',
    'notifications list --limit 10 --json',
  ])
    .option('--refund <no_refund>', texts.ofRefund)
    .option('--limit <number>', texts.limit, counted, 50)
    .action(async (options: CommonOptions & { refund?: string; limit: number }) => {
      const { refund, limit, json } = options;
      const notifications = await controlFor(options).notifications(refund, limit);
      const shown = screen();
      if (json) shown.json({ notifications });
      else if (notifications.length === 0) shown.say('none');
      else for (const row of rowsOf(notifications, texts)) shown.print(row);
    });
}

function showCommand(texts: Texts): Command {
  return sandboxCommand('show', texts.notificationsShow, texts, [
    'notifications show n-1',
    'notifications show n-1 --json',
  ])
    .argument('<id>', texts.notification)
    .action(async (id: string, options: CommonOptions) => {
      const notification = await controlFor(options).notification(id);
      const shown = screen();
      if (options.json) shown.json(notification);
      else for (const line of fieldLines(notification, shown.paint)) shown.print(line);
    });
}

function resendCommand(texts: Texts): Command {
  return sandboxCommand('resend', texts.notificationsResend, texts, [
    'notifications resend n-1',
    'notifications resend n-1 --json',
  ])
    .argument('<id>', texts.notification)
    .action(async (id: string, options: CommonOptions) => {
      const resent = await controlFor(options).resend(id);
      const shown = screen();
      if (options.json) shown.json(resent);
      else shown.say('resent', { old: id, id: resent.id, outcome: outcomeOf(resent, texts) });
      process.exitCode = resent.acknowledged ? EXIT.done : EXIT.unpaid;
    });
}

interface SendOptions extends CommonOptions {
  change: string[];
  without: string[];
  to?: string;
}

function sendCommand(texts: Texts): Command {
  return sandboxCommand('send', texts.notificationsSend, texts, [
    'notifications send my-first-refund',
    'notifications send my-first-refund --change sta_refund=3 --without settle_date',
    'notifications send my-first-refund --change sign=forged',
    'notifications send made-elsewhere --to http://127.0.0.1:3000/refund-notifications --change sta_refund=2 --change money_refund=1.00',
  ])
    .argument('<no_refund>', texts.number)
    .option('--change <name=value>', texts.change, collected, [])
    .option('--without <name>', texts.without, collected, [])
    .option('--to <url>', texts.to)
    .action(async (noRefund: string, options: SendOptions) => {
      const order = orderOf(noRefund, options, texts);
      const sent = await controlFor(options).send(order);
      const shown = screen();
      if (options.json) shown.json(sent);
      else shown.say('sent', { no_refund: noRefund, id: sent.id, outcome: outcomeOf(sent, texts) });
      process.exitCode = sent.acknowledged ? EXIT.done : EXIT.unpaid;
    });
}

function orderOf(no_refund: string, { change, without, to }: SendOptions, texts: Texts): NotificationOrder {
  const changed = change.map((text): [string, string] => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Unusable(texts.notAChange);
    return [name, value];
  });
  const leftOut = without.map((name): [string, null] => [name, null]);
  const changes = [...changed, ...leftOut];
  const names = changes.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Unusable(filled(texts.changedTwice, { name: twice }));
  return {
    no_refund,
    changes: Object.fromEntries(changes),
    ...(to !== undefined && { url: to }),
  };
}
