import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand } from '@aws-sdk/client-eventbridge';
import { type EventSourceMappingConfiguration, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { about, type Finding, failureOf, orOk } from '../finding.ts';
import type { Setup } from '../setup.ts';

const report = about('triggers');

/** What starts functions by itself: the table's stream, the schedule, and a run of reconciliation with much to do. */
export async function checkTriggers(setup: Setup): Promise<Finding[]> {
  if (!setup.stack) return [];
  const rules = await Promise.all(RULES.map((rule) => aboutRule(rule, setup)));
  const findings = [...(await aboutStreams(setup)), ...rules.flat()];
  return orOk(
    findings,
    report.ok("The table's stream, the schedule and a run with much to do start their functions"),
  );
}

async function aboutStreams(setup: Setup): Promise<Finding[]> {
  const { definition, stack, aws } = setup;
  const streamArn = await streamArnOf(setup);
  const findings: Finding[] = [];
  for (const { name } of definition.functions.filter(({ readsStream }) => readsStream)) {
    try {
      const command = new ListEventSourceMappingsCommand({ FunctionName: `${stack?.name}-${name}` });
      const { EventSourceMappings: mappings = [] } = await aws.lambda.send(command);
      findings.push(...aboutStream(name, mappings, streamArn), ...aboutReplay(mappings));
    } catch (error) {
      findings.push(failureOf(report, `triggers of ${name}`, error, 'Deploy the stack again'));
    }
  }
  return findings;
}

/** `undefined` where it can't be told; the check of the table says why. */
async function streamArnOf({ aws, config }: Setup): Promise<string | undefined> {
  const command = new DescribeTableCommand({ TableName: config.refundsTable });
  const found = await aws.dynamoDb.send(command).catch(() => undefined);
  return found?.Table?.LatestStreamArn;
}

function aboutStream(
  name: string,
  mappings: EventSourceMappingConfiguration[],
  streamArn: string | undefined,
): Finding[] {
  const streams = mappings.filter(({ EventSourceArn }) => EventSourceArn?.includes(':dynamodb:'));
  const reading = streams.find(({ EventSourceArn }) => !streamArn || EventSourceArn === streamArn);
  if (!reading) {
    const what = `${name} doesn't read the stream that the table has now`;
    return [report.fault(what, 'Set the parameter tableStreamArn, and deploy')];
  }
  return aboutMapping(name, reading);
}

function aboutMapping(
  name: string,
  { State, UUID, LastProcessingResult: result = 'OK' }: EventSourceMappingConfiguration,
): Finding[] {
  if (State !== 'Enabled')
    return [
      report.fault(
        `The trigger of ${name} is ${State}: the stream forgets what it hasn't read for a day`,
        `aws lambda update-event-source-mapping --uuid ${UUID} --enabled`,
      ),
    ];
  return /^(OK|No records)/.test(result)
    ? []
    : [report.warning(`The trigger of ${name} last came to: ${result}`, "Look at the function's log")];
}

/** It is enabled by hand, until the queue is empty. */
function aboutReplay(mappings: EventSourceMappingConfiguration[]): Finding[] {
  const queue = mappings.find(({ EventSourceArn }) => EventSourceArn?.includes(':sqs:'));
  return queue?.State === 'Enabled'
    ? [
        report.warning(
          'The trigger that replays dead letters is enabled',
          `Once the queue is empty: aws lambda update-event-source-mapping --uuid ${queue.UUID} --no-enabled`,
        ),
      ]
    : [];
}

interface Rule {
  /** The end of its logical name: serverless writes another one before it. */
  logicalName: RegExp;
  name: string;
  /** What doesn't happen without it. */
  otherwise: string;
}

const RULES: Rule[] = [
  {
    logicalName: /EventsRuleSchedule\d+$/,
    name: 'The schedule of reconciliation',
    otherwise: "unfinished refunds aren't checked",
  },
  {
    logicalName: /^RefundSharesRule$/,
    name: 'The rule by which a run of reconciliation starts others',
    otherwise: 'a backlog is checked by one run alone',
  },
];

async function aboutRule({ logicalName, name, otherwise }: Rule, { aws, stack }: Setup): Promise<Finding[]> {
  const rule = stack?.resources.find(({ LogicalResourceId = '' }) => logicalName.test(LogicalResourceId));
  const Name = rule?.PhysicalResourceId;
  if (!Name) return [report.fault(`${name} isn't in the stack: ${otherwise}`, 'Deploy the stack again')];
  try {
    const { State } = await aws.eventBridge.send(new DescribeRuleCommand({ Name }));
    return State === 'ENABLED'
      ? []
      : [report.fault(`${name} is ${State}: ${otherwise}`, `aws events enable-rule --name ${Name}`)];
  } catch (error) {
    return [failureOf(report, `rule ${Name}`, error, 'Deploy the stack again')];
  }
}
