import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { type Config, readSettings } from '../../shared/runtime/config.ts';
import type { RunningSandbox } from '../running-sandbox.ts';
import { type Aws, awsOf } from './aws.ts';
import type { Definition } from './definition.ts';
import type { Finding } from './finding.ts';

type Environment = Record<string, string>;

/** A stack, as CloudFormation and Lambda tell it. */
export interface Stack {
  name: string;
  status: string;
  isProtected: boolean;
  resources: StackResourceSummary[];
  /** By the functions' names in serverless.yml; one that isn't there is missing. */
  functions: Map<string, FunctionConfiguration>;
}

/** Everything that the checks look at. */
export interface Setup {
  title: string;
  definition: Definition;
  /** The functions' settings, by their names in serverless.yml. */
  environments: Map<string, Environment>;
  /** All of them together. */
  config: Config;
  aws: Aws;
  /** Of a deployed stage only. */
  stack?: Stack;
  /** Where the sandbox's functions answer. */
  sandboxUrl?: string;
}

export type Check = (setup: Setup) => Promise<Finding[]>;

/** A sandbox on this machine. */
export function sandboxSetup({ port, environment }: RunningSandbox, definition: Definition): Setup {
  return {
    title: `the sandbox on port ${port}`,
    definition,
    environments: new Map(definition.functions.map(({ name }) => [name, environment])),
    config: readSettings(environment, []).config,
    aws: awsOf({ region: environment.AWS_REGION ?? definition.region, environment }),
    sandboxUrl: `http://127.0.0.1:${port}`,
  };
}

/** A deployed stage. */
export function stackSetup(stack: Stack, definition: Definition, aws: Aws): Setup {
  const environments = new Map(
    [...stack.functions].map(([name, { Environment }]) => [name, { ...Environment?.Variables }]),
  );
  const all: Environment = Object.assign({}, ...environments.values());
  return {
    title: `the stack ${stack.name}`,
    definition,
    environments,
    config: readSettings(all, []).config,
    aws,
    stack,
  };
}
