import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { TableDefinition } from '../definition.ts';
import { type About, about, type Finding, failureOf, orOk } from '../finding.ts';
import type { Setup } from '../setup.ts';
import { differencesOf } from './table-differences.ts';

const MISSING =
  'Correct the name, or deploy the stack; never make an empty table in the place of one that is gone (docs/operations.md)';
const RESTORE = 'See docs/operations.md#restoring-the-table-or-moving-to-another';

/** The table of refunds and the table of stories: as defined, ready, and safe from a slip. */
export async function checkTables(setup: Setup): Promise<Finding[]> {
  const { definition, config } = setup;
  return [
    ...(await aboutTable(setup, about('table'), config.refundsTable, definition.refundsTable)),
    ...(await aboutTable(setup, about('stories'), config.refundHistoryTable, definition.historyTable)),
  ];
}

/** A missing name is a fault of the settings, and told there. */
async function aboutTable(
  setup: Setup,
  report: About,
  name: string,
  defined: TableDefinition,
): Promise<Finding[]> {
  if (!name) return [];
  const what = `table ${name}`;
  try {
    const command = new DescribeTableCommand({ TableName: name });
    const { Table: table = {} } = await setup.aws.dynamoDb.send(command);
    const findings = [
      ...aboutForm(report, what, defined, table),
      ...aboutStream(report, what, defined, table),
      ...(setup.stack ? await aboutSafety(setup, report, name, table) : []),
    ];
    const indexes = defined.GlobalSecondaryIndexes?.length ?? 0;
    const parts = indexes > 0 ? `, its ${indexes} indexes and its stream are` : ' is';
    return orOk(findings, report.ok(`The ${what}${parts} as defined`));
  } catch (error) {
    return [failureOf(report, what, error, MISSING)];
  }
}

function aboutForm(
  report: About,
  what: string,
  defined: TableDefinition,
  found: TableDescription,
): Finding[] {
  const todo = 'Make it as serverless.yml defines it: docs/deploying.md';
  return differencesOf(defined, found).map((difference) => report.fault(`The ${what} ${difference}`, todo));
}

function aboutStream(
  report: About,
  what: string,
  { StreamSpecification: defined }: TableDefinition,
  { StreamSpecification: found }: TableDescription,
): Finding[] {
  if (!defined) return [];
  const view = defined.StreamViewType;
  const nothing = 'no event is published and no story recorded';
  if (!found?.StreamEnabled)
    return [
      report.fault(`The stream of the ${what} is off: ${nothing}`, `Turn it on with ${view}. ${RESTORE}`),
    ];
  return found.StreamViewType === view
    ? []
    : [
        report.fault(
          `The stream of the ${what} has ${found.StreamViewType}, not ${view}: events and stories lack what was before`,
          RESTORE,
        ),
      ];
}

/** A table that was restored has neither. */
async function aboutSafety(
  setup: Setup,
  report: About,
  name: string,
  table: TableDescription,
): Promise<Finding[]> {
  const lacks = (what: string) => report.fault(`The table ${name} has no ${what}`, `Turn it on. ${RESTORE}`);
  return [
    ...(table.DeletionProtectionEnabled ? [] : [lacks('deletion protection')]),
    ...(await aboutBackups(setup, report, name, lacks)),
  ];
}

async function aboutBackups(
  { aws }: Setup,
  report: About,
  name: string,
  lacks: (what: string) => Finding,
): Promise<Finding[]> {
  try {
    const command = new DescribeContinuousBackupsCommand({ TableName: name });
    const { ContinuousBackupsDescription: backups } = await aws.dynamoDb.send(command);
    const status = backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
    return status === 'ENABLED' ? [] : [lacks('point-in-time recovery')];
  } catch (error) {
    return [failureOf(report, `backups of the table ${name}`, error, RESTORE)];
  }
}
