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

/** The packaged definition as CloudFormation hands it to Step Functions: every ARN put in its place. */
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
  /** The task tokens that were handed out, in order. */
  readonly tokens: readonly string[];
  /** What was invoked, in order. */
  readonly invoked: readonly { readonly name: string; readonly payload: Record<string, unknown> }[];
}

export interface RunOptions {
  readonly template: Template;
  readonly invoke: Invoke;
  /** What those who wait are told, as far as it is known. */
  readonly answers?: readonly TaskResult[];
  /** Hears of each token that is handed out. */
  readonly onToken?: (token: string) => void;
  /** Hears of tokens that nobody waits with any more. */
  readonly onTimeout?: (token: string) => void;
  /** In place of the time that the definition waits for a refund's end. */
  readonly timeoutSeconds?: number;
}

let handedOut = 0;

/**
 * Step Functions around the packaged definition. The library does everything but what it leaves to others: it
 * invokes the functions, if the state machine's role may, and waits for the answers to task tokens.
 */
export function stateMachineRuns(options: RunOptions): Runs {
  const { template, timeoutSeconds, answers = [], onTimeout } = options;
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
      throw new Error(`no ${state.Resource} here`);
    if (isWaiting && timeoutSeconds) state.TimeoutSeconds = timeoutSeconds;
    return async ({ FunctionName, Payload }: { FunctionName: string; Payload: Record<string, unknown> }) => {
      const name = nameOf(FunctionName);
      invoked.push({ name, payload: structuredClone(Payload) });
      const token = tokens.at(-1) ?? '';
      const invocation = options.invoke(name, Payload).catch(asLambdaTells);
      if (!isWaiting) return { StatusCode: 200, Payload: await invocation };
      const waiting = new AbortController();
      const { signal } = waiting;
      const over = sleep(state.TimeoutSeconds * 1000, undefined, { signal, ref: false });
      over
        .then(() => onTimeout?.(token))
        .catch(() => {})
        .finally(() => waiting.abort());
      // What the function returns is of no interest to who waits for a token; that it threw is.
      const failed = invocation.then(() => new Promise<never>(() => {}));
      return Promise.race([answerTo(token, answers, signal), failed]).finally(() => waiting.abort());
    };
  }

  const taskResourceLocalHandlers = Object.fromEntries(
    tasks.map(([name, state]) => [name, handlerOf(state) as never]),
  );
  // That the definition is valid is another test's; it takes long.
  const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
  const context = {
    Task: {
      /** Each look is a try of its own. */
      get Token() {
        // As long, and of the characters, that a real one has.
        const token = `AAAAKgAAAAIAAAAAAAAAA+/${++handedOut}`.padEnd(700, '+/aB9=');
        tokens.push(token);
        options.onToken?.(token);
        return token;
      },
    },
  };
  // Tries come at once: how long they wait is the definition's, and read by another test.
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

/** A function's error as it comes out of Lambda: its name, and its message inside of JSON. */
function asLambdaTells(error: Error): never {
  if (!(error instanceof ThrownByFunction)) throw error;
  const { name, message } = error;
  throw named(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** Waits for an answer as long as anybody does. */
async function answerTo(
  token: string,
  answers: readonly TaskResult[],
  signal: AbortSignal,
): Promise<unknown> {
  while (!signal.aborted) {
    const answer = answers.find((given) => given.token === token);
    if (answer && 'error' in answer) throw named(answer.error, JSON.stringify(answer.cause));
    if (answer) return answer.output;
    await sleep(10);
  }
  return new Promise(() => {});
}
