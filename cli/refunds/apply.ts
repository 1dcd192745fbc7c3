import type { Command } from 'commander';
import type { Application, Outcome } from '../../client/index.ts';
import { plain } from '../output.ts';
import type { Texts } from '../texts.ts';
import { EXIT, Unusable } from './exit.ts';
import { type CommonOptions, counted, serviceCommand } from './options.ts';
import { type Screen, screen } from './screen.ts';
import { type Service, serviceAt } from './service.ts';
import { watch } from './watch.ts';

interface ApplyOptions extends CommonOptions {
  order?: string;
  paybill?: string;
  dtOrder?: string;
  reference?: string;
  reason?: string;
  by?: string;
  exchange?: boolean;
  watch?: boolean;
  timeout: number;
}

export function applyCommand(texts: Texts): Command {
  return serviceCommand('apply', texts, [
    'apply my-first-refund 1.00 --order 2013051500001',
    'apply my-first-refund 1.00 --order 2013051500001 --reason "the parcel was late" --watch',
    'apply my-exchange-refund 1.00 --paybill 2013051613121201 --exchange --stage prod',
  ])
    .argument('<no_refund>', texts.number)
    .argument('<money_refund>', texts.money)
    .option('--order <no_order>', texts.order)
    .option('--paybill <oid_paybill>', texts.paybill)
    .option('--dt-order <yyyyMMddHHmmss>', texts.dateOfOrder)
    .option('--reference <text>', texts.reference)
    .option('--reason <text>', texts.reason)
    .option('--by <name>', texts.by)
    .option('--exchange', texts.exchange)
    .option('--watch', texts.alsoWatch)
    .option('--timeout <seconds>', texts.timeout, counted, 600)
    .action((noRefund: string, money: string, options: ApplyOptions) =>
      applyFor(applicationOf(noRefund, money, options, texts), options),
    );
}

function applicationOf(
  no_refund: string,
  money_refund: string,
  given: ApplyOptions,
  texts: Texts,
): Application {
  if (!given.order && !given.paybill) throw new Unusable(texts.payment);
  const fields = {
    no_refund,
    money_refund,
    no_order: given.order,
    oid_paybill: given.paybill,
    dt_order: given.dtOrder,
    reference: given.reference,
    reason: given.reason,
    requested_by: given.by,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

async function applyFor(input: Application, options: ApplyOptions): Promise<void> {
  const service = await serviceAt(options);
  const shown = screen();
  const outcome = await send(service, input, options.exchange);
  showOutcome(outcome, options.json, shown);
  process.exitCode =
    options.watch && outcome.outcome === 'open'
      ? await watch(input.no_refund, service, options, shown)
      : exitOfOutcome(outcome);
}

/** Applies through the route for the kind of payment. */
export function send({ client }: Service, input: Application, isExchange = false): Promise<Outcome> {
  return isExchange ? client.applyExchange(input) : client.apply(input);
}

/** Says what became of an application. */
export function showOutcome(
  outcome: Outcome,
  json: boolean | undefined,
  { say, print, json: asJson }: Screen,
): void {
  if (json) asJson(outcome);
  else if ('message' in outcome) print(plain(outcome.message));
  else say(outcome.outcome === 'final' ? 'final' : 'recorded', { ...outcome.refund });
}

function exitOfOutcome(outcome: Outcome): number {
  if (outcome.outcome === 'open') return EXIT.done;
  return outcome.outcome === 'final' && outcome.refund.status === 'SUCCEEDED' ? EXIT.done : EXIT.unpaid;
}
