import type { Command } from 'commander';
import type { ListQuery, Refund, RefundPage, Totals } from '../../client/index.ts';
import { aligned, plain } from '../output.ts';
import type { Texts } from '../texts.ts';
import { Unusable } from './exit.ts';
import { type CommonOptions, counted, serviceCommand } from './options.ts';
import { type Screen, screen } from './screen.ts';
import { serviceAt } from './service.ts';

interface ListOptions extends CommonOptions {
  order?: string;
  paybill?: string;
  day?: string;
  status?: string;
  open?: true;
  attention?: true;
  limit: number;
}

/** The longest page that the service gives. */
const PAGE = 100;

export function listCommand(texts: Texts): Command {
  return serviceCommand('list', texts, [
    'list --order 2013051500001',
    'list --day 20261126 --status REJECTED',
    'list --attention --stage prod --json',
  ])
    .option('--order <no_order>', texts.order)
    .option('--paybill <oid_paybill>', texts.paybill)
    .option('--day <yyyymmdd>', texts.day)
    .option('--status <status>', texts.status)
    .option('--open', texts.open)
    .option('--attention', texts.attention)
    .option('--limit <number>', texts.limit, counted, 50)
    .action((options: ListOptions) => showList(options, texts));
}

async function showList(options: ListOptions, texts: Texts): Promise<void> {
  const query = queryOf(options, texts);
  const { client } = await serviceAt(options);
  const found = await upTo(options.limit, client.list(query));
  const shown = screen();
  if (options.json) shown.json(found);
  else showRows(found, shown);
}

/** Exactly one parameter selects the list. */
function queryOf(
  { order, paybill, day, status, open, attention, limit }: ListOptions,
  texts: Texts,
): ListQuery {
  const selections = Object.entries({ no_order: order, oid_paybill: paybill, day, open, attention });
  const [selection, ...others] = selections.filter(([, value]) => value !== undefined);
  if (!selection || others.length > 0) throw new Unusable(texts.oneOf);
  const chosen = {
    ...Object.fromEntries([selection]),
    ...(status && { status }),
    limit: Math.min(limit, PAGE),
  };
  return chosen as ListQuery;
}

interface Found {
  refunds: Refund[];
  totals?: Totals;
  /** There are more than were asked for. */
  more: boolean;
}

async function upTo(limit: number, pages: AsyncIterable<RefundPage>): Promise<Found> {
  const refunds: Refund[] = [];
  let totals: Totals | undefined;
  for await (const page of pages) {
    refunds.push(...page.refunds);
    totals = page.totals;
    if (refunds.length > limit) break;
  }
  const more = refunds.length > limit;
  return { refunds: refunds.slice(0, limit), ...(totals && { totals }), more };
}

function showRows({ refunds, totals, more }: Found, { say, print }: Screen): void {
  if (refunds.length === 0) say('none');
  for (const row of aligned(refunds.map(cellsOf))) print(row);
  if (totals) say('totals', { ...totals });
  if (more) say('more');
}

const cellsOf = (refund: Refund): string[] =>
  [
    refund.created_at,
    refund.no_refund,
    refund.kind,
    refund.money_refund ?? '',
    refund.status,
    refund.needs_attention ?? '',
  ].map(plain);
