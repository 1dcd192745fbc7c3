import { type AwsEndpoint, AwsError, startAwsEndpoint } from './endpoint.ts';

/** The result that completed a waiting task; `output` and `cause` are parsed from their JSON. */
export type TaskResult =
  | { readonly token: string; readonly output: unknown }
  | { readonly token: string; readonly error: string; readonly cause: unknown };

/** The error of a completion; another name is returned as it is. */
type TaskError = 'TaskTimedOut' | 'TaskDoesNotExist' | 'InvalidToken' | (string & {});

/** Step Functions' `SendTaskSuccess` and `SendTaskFailure`. Every token counts as waiting until its task is completed. */
export interface StepFunctions extends AwsEndpoint {
  /** The accepted results, in order. */
  readonly results: readonly TaskResult[];
  /** Makes the completion of a task fail, until it is called with undefined. */
  refuse(token: string, error: TaskError | undefined): void;
}

export interface StepFunctionsOptions {
  /** 0 means any free port. */
  readonly port: number;
  /** Called with each accepted result. */
  readonly onResult?: ((result: TaskResult) => void) | undefined;
}

/** The lengths that Step Functions allows. */
const maxLengths = { taskToken: 2048, output: 262_144, error: 256, cause: 32_768 };

/**
 * Starts Step Functions.
 * @throws Error that names the port, when it is in use
 */
export async function startStepFunctions({
  port,
  onResult = () => {},
}: StepFunctionsOptions): Promise<StepFunctions> {
  const results: TaskResult[] = [];
  const refused = new Map<string, TaskError>();

  const accept = (result: TaskResult): object => {
    const { token } = result;
    const error = refused.get(token) ?? (results.some((other) => other.token === token) && 'TaskTimedOut');
    // The message has the token on purpose: the service must not copy it from here into a log.
    if (error) throw new AwsError(error, `The sandbox refuses to complete ${token}.`);
    results.push(result);
    onResult(result);
    return {};
  };
  const server = await startAwsEndpoint({
    port,
    name: 'Step Functions',
    target: 'AWSStepFunctions',
    operations: {
      SendTaskSuccess: (input: { taskToken: string; output: string }) => {
        checkLengths(input);
        return accept({ token: input.taskToken, output: json(input.output) });
      },
      SendTaskFailure: (input: { taskToken: string; error: string; cause: string }) => {
        checkLengths(input);
        return accept({ token: input.taskToken, error: input.error, cause: json(input.cause) });
      },
    },
  });
  return {
    ...server,
    results,
    refuse: (token, error) => void (error ? refused.set(token, error) : refused.delete(token)),
  };
}

function checkLengths(input: Record<string, string>): void {
  for (const [field, max] of Object.entries(maxLengths)) {
    if ((input[field]?.length ?? 0) > max) {
      throw new AwsError('ValidationException', `${field} has more than ${max} characters.`);
    }
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError('InvalidOutput', 'This is not JSON.');
  }
}
