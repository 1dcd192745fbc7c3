import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { about, type Finding, failureOf, orOk } from '../finding.ts';
import type { Setup } from '../setup.ts';

/** The stack itself, and whether its functions are there and may run. */
export async function checkStack(setup: Setup): Promise<Finding[]> {
  return setup.stack ? [...aboutStack(setup), ...(await aboutFunctions(setup))] : [];
}

function aboutStack({ stack }: Setup): Finding[] {
  const report = about('stack');
  const { name = '', status = '', isProtected } = stack ?? {};
  return [
    /FAILED|ROLLBACK(?!_COMPLETE)/.test(status)
      ? report.fault(`The stack ${name} is ${status}`, 'See its events in CloudFormation, and deploy again')
      : report.ok(`The stack ${name} is ${status}`),
    ...(isProtected
      ? []
      : [
          report.warning(
            `Nothing keeps the stack ${name} from being removed`,
            'Turn its termination protection on: docs/deploying.md',
          ),
        ]),
  ];
}

async function aboutFunctions(setup: Setup): Promise<Finding[]> {
  const report = about('functions');
  const findings: Finding[] = [];
  for (const { name } of setup.definition.functions) {
    const configuration = setup.stack?.functions.get(name);
    findings.push(
      ...(configuration
        ? [...aboutState(name, configuration), ...(await aboutConcurrency(setup, name))]
        : [report.fault(`There is no function ${name}`, 'Deploy the stack again')]),
    );
  }
  return orOk(findings, report.ok(`All ${setup.definition.functions.length} functions are ready`));
}

function aboutState(
  name: string,
  { State, LastUpdateStatus, StateReason }: FunctionConfiguration,
): Finding[] {
  // A function that nobody has called for weeks is Inactive, and comes back with the next call.
  const isReady = State !== 'Failed' && LastUpdateStatus !== 'Failed';
  const reason = StateReason ? ` (${StateReason})` : '';
  return isReady
    ? []
    : [about('functions').fault(`The function ${name} has failed${reason}`, 'Deploy the stack again')];
}

/** Restoring the table stops functions so; they are easily forgotten. */
async function aboutConcurrency({ aws, stack }: Setup, name: string): Promise<Finding[]> {
  const report = about('functions');
  try {
    const command = new GetFunctionConcurrencyCommand({ FunctionName: `${stack?.name}-${name}` });
    const { ReservedConcurrentExecutions: reserved } = await aws.lambda.send(command);
    return reserved === 0
      ? [
          report.fault(
            `The function ${name} is stopped: its reserved concurrency is 0`,
            `Let it run: aws lambda delete-function-concurrency --function-name ${stack?.name}-${name}`,
          ),
        ]
      : [];
  } catch (error) {
    return [failureOf(report, `concurrency of ${name}`, error, 'Deploy the stack again')];
  }
}
