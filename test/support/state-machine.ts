import { setTimeout as sleep } from 'node:timers/promises';
import { StateMachine } from 'aws-local-stepfunctions';
import type { TaskResult } from '../../sandbox/aws/step-functions.ts';
import { ThrownByFunction } from './lambda.ts';
import type { Template } from './template.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];

interface TaskState {
  readonly Type: string;
  readonly Resource: string;
  readonly Parameters: { readonly FunctionName: string };
  TimeoutSeconds: number;
}

/** The packaged definition with its substitutions applied, as CloudFormation passes it to Step Functions. */
export function packagedDefinition(template: Template): Definition {
  const [resource] = Object.values(template.ofType('AWS::StepFunctions::StateMachine'));
  const { Definition, DefinitionSubstitutions = {} } = (resource?.Properties ?? {}) as {
    Definition?: object;
    DefinitionSubstitutions?: Record<string, string>;
  };
  const text = JSON.stringify(Definition).replace(
    /\$\{(\w+)\}/g,
    (whole, name: string) => DefinitionSubstitutions[name] ?? whole,
  );
  return JSON.parse(text);
}

/** Invokes one of the functions, by its name in serverless.yml. */
export type Invoke = (name: string, payload: Record<string, unknown>) => Promise<unknown>;

export interface Runs {
  /** Runs the state machine to its end. Rejects with an error of the name that it fails with. */
  run(input: object): Promise<unknown>;
  /** The issued task tokens, in order. */
  readonly tokens: readonly string[];
  /** The invocations, in order. */
  readonly invoked: readonly { readonly name: string; readonly payload: Record<string, unknown> }[];
}

export interface RunOptions {
  readonly template: Template;
  readonly invoke: Invoke;
  /** The results of tasks; the caller adds to the list while the state machine runs. */
  readonly results?: readonly TaskResult[];
  /** Called with each token when it is issued. */
  readonly onToken?: (token: string) => void;
  /** Called with a token when its task has timed out. */
  readonly onTimeout?: (token: string) => void;
  /** Replaces the definition's wait for the end of a refund. */
  readonly timeoutSeconds?: number;
}

let issued = 0;

/**
 * Runs the packaged definition. The library interprets it; the code here invokes the functions, if the state machine's
 * role may, and waits for the results of task tokens.
 */
export function stateMachineRuns(options: RunOptions): Runs {
  const { template, timeoutSeconds, results = [], onTimeout } = options;
  const definition = packagedDefinition(template);
  const tokens: string[] = [];
  const invoked: Runs['invoked'][number][] = [];
  const mayInvoke = invocableBy(template);
  const tasks = Object.entries(definition.States as unknown as Record<string, TaskState>).filter(
    ([, { Type }]) => Type === 'Task',
  );

  const nameOf = (arn: string) => {
    if (!mayInvoke.has(arn)) throw named('Lambda.AWSLambdaException', `the role may not invoke ${arn}`);
    return Object.entries(template.functions).find(([, known]) => known.arn === arn)?.[0] ?? '';
  };

  function handlerOf(state: TaskState) {
    const isWaiting = state.Resource.endsWith(':lambda:invoke.waitForTaskToken');
    if (!isWaiting && !state.Resource.endsWith(':lambda:invoke'))
      throw new Error(`this test can't run ${state.Resource}`);
    if (isWaiting && timeoutSeconds) state.TimeoutSeconds = timeoutSeconds;
    return async ({ FunctionName, Payload }: { FunctionName: string; Payload: Record<string, unknown> }) => {
      const name = nameOf(FunctionName);
      invoked.push({ name, payload: structuredClone(Payload) });
      const token = tokens.at(-1) ?? '';
      const invocation = options.invoke(name, Payload).catch(throwAsLambda);
      if (!isWaiting) return { StatusCode: 200, Payload: await invocation };
      const waiting = new AbortController();
      const { signal } = waiting;
      const over = sleep(state.TimeoutSeconds * 1000, undefined, { signal, ref: false });
      over
        .then(() => onTimeout?.(token))
        .catch(() => {})
        .finally(() => waiting.abort());
      // Step Functions ignores the return value of a task with a token, but not its error.
      const failed = invocation.then(() => new Promise<never>(() => {}));
      return Promise.race([resultOf(token, results, signal), failed]).finally(() => waiting.abort());
    };
  }

  const taskResourceLocalHandlers = Object.fromEntries(
    tasks.map(([name, state]) => [name, handlerOf(state) as never]),
  );
  // Another test validates the definition; validating takes long.
  const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
  const context = {
    Task: {
      /** The library reads it once for each attempt. */
      get Token() {
        // With the length and the characters of a real one.
        const token = `AAAAKgAAAAIAAAAAAAAAA+/${++issued}`.padEnd(700, '+/aB9=');
        tokens.push(token);
        options.onToken?.(token);
        return token;
      },
    },
  };
  // No waits between attempts: another test checks the definition's waits.
  const retryIntervalOverrides = Object.fromEntries(tasks.map(([name]) => [name, 1]));
  const overrides = { taskResourceLocalHandlers, retryIntervalOverrides };
  return {
    run: (input) =>
      machine.run(input as never, { context, overrides } as never).result.catch(({ cause }: Error) => {
        throw cause;
      }),
    tokens,
    invoked,
  };
}

function invocableBy(template: Template): Set<string> {
  const [machine] = Object.values(template.ofType('AWS::StepFunctions::StateMachine'));
  const role = template.ofType('AWS::IAM::Role').RefundStateMachineRole;
  if (!role || !String(machine?.Properties.RoleArn).endsWith('/RefundStateMachineRole'))
    throw new Error('the state machine has another role');
  return new Set(template.allowedTo(role).map(({ resource }) => resource));
}

/** A function's error in the form that Lambda gives it: its name, and its message inside JSON. */
function throwAsLambda(error: Error): never {
  if (!(error instanceof ThrownByFunction)) throw error;
  const { name, message } = error;
  throw named(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** Waits for the result until the task times out. */
async function resultOf(
  token: string,
  results: readonly TaskResult[],
  signal: AbortSignal,
): Promise<unknown> {
  while (!signal.aborted) {
    const result = results.find((other) => other.token === token);
    if (result && 'error' in result) throw named(result.error, JSON.stringify(result.cause));
    if (result) return result.output;
    await sleep(10);
  }
  return new Promise(() => {});
}
