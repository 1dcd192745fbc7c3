import {
  DescribeStacksCommand,
  type Stack as FoundStack,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { type FunctionConfiguration, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { filled, textsFor } from '../texts.ts';
import type { Aws } from './aws.ts';
import type { Definition } from './definition.ts';
import { CannotRun } from './finding.ts';
import type { Stack } from './setup.ts';

/**
 * Reads what a stack has.
 *
 * @throws CannotRun where there is no such stack, or it can't be read
 */
export async function readStack(aws: Aws, definition: Definition, stage: string): Promise<Stack> {
  const name = `${definition.service}-${stage}`;
  try {
    const found = await describe(aws, name);
    return {
      name,
      status: found?.StackStatus ?? 'unknown',
      isProtected: found?.EnableTerminationProtection === true,
      resources: await resourcesOf(aws, name),
      functions: await functionsOf(aws, definition, name),
    };
  } catch (error) {
    throw new CannotRun(whyUnread(name, error as Error));
  }
}

function whyUnread(stack: string, { name, message }: Error): string {
  if (name === 'CredentialsProviderError') return filled(textsFor({}).noCredentials, { reason: message });
  return `The stack ${stack} can't be read (${name}: ${message}). Check --stage, --region and your AWS credentials.`;
}

async function describe(aws: Aws, name: string): Promise<FoundStack | undefined> {
  const { Stacks } = await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
  return Stacks?.[0];
}

async function resourcesOf({ cloudFormation }: Aws, name: string): Promise<StackResourceSummary[]> {
  const resources: StackResourceSummary[] = [];
  const pages = paginateListStackResources({ client: cloudFormation }, { StackName: name });
  for await (const page of pages) resources.push(...(page.StackResourceSummaries ?? []));
  return resources;
}

async function functionsOf(
  { lambda }: Aws,
  { functions }: Definition,
  stackName: string,
): Promise<Map<string, FunctionConfiguration>> {
  const found = new Map<string, FunctionConfiguration>();
  for (const { name } of functions) {
    const command = new GetFunctionConfigurationCommand({ FunctionName: `${stackName}-${name}` });
    const configuration = await lambda.send(command).catch((error: Error) => {
      if (error.name !== 'ResourceNotFoundException') throw error;
    });
    if (configuration) found.set(name, configuration);
  }
  return found;
}
