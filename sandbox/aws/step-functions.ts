import { type AwsEndpoint, AwsError, startAwsEndpoint } from './endpoint.ts';

/** The answer that a waiting task got; `output` and `cause` are read from their JSON. */
export type TaskAnswer =
  | { readonly token: string; readonly output: unknown }
  | { readonly token: string; readonly error: string; readonly cause: unknown };

/** What a token can be met with; another name is told as it is. */
type TaskError = 'TaskTimedOut' | 'TaskDoesNotExist' | 'InvalidToken' | (string & {});

/** As much of Step Functions as `SendTaskSuccess` and `SendTaskFailure`. Every token waits, until it is answered. */
export interface StepFunctions extends AwsEndpoint {
  /** What was taken, in order. */
  readonly answers: readonly TaskAnswer[];
  /** Makes the answer to a token fail; undefined ends that. */
  refuse(token: string, error: TaskError | undefined): void;
}

export interface StepFunctionsOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Hears each answer that is taken. */
  readonly onAnswer?: ((answer: TaskAnswer) => void) | undefined;
}

/** The lengths that Step Functions allows. */
const maxLengths = { taskToken: 2048, output: 262_144, error: 256, cause: 32_768 };

/**
 * Starts Step Functions.
 * @throws Error that names the port, when it is taken
 */
export async function startStepFunctions({
  port,
  onAnswer = () => {},
}: StepFunctionsOptions): Promise<StepFunctions> {
  const answers: TaskAnswer[] = [];
  const refused = new Map<string, TaskError>();

  const take = (answer: TaskAnswer): object => {
    const { token } = answer;
    const error = refused.get(token) ?? (answers.some((other) => other.token === token) && 'TaskTimedOut');
    // The token in the message is on purpose: it must not get into a log from here either.
    if (error) throw new AwsError(error, `The sandbox refuses an answer to ${token}.`);
    answers.push(answer);
    onAnswer(answer);
    return {};
  };
  const server = await startAwsEndpoint({
    port,
    name: 'Step Functions',
    target: 'AWSStepFunctions',
    operations: {
      SendTaskSuccess: (input: { taskToken: string; output: string }) => {
        checkLengths(input);
        return take({ token: input.taskToken, output: json(input.output) });
      },
      SendTaskFailure: (input: { taskToken: string; error: string; cause: string }) => {
        checkLengths(input);
        return take({ token: input.taskToken, error: input.error, cause: json(input.cause) });
      },
    },
  });
  return {
    ...server,
    answers,
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
