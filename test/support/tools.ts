import { spawn, spawnSync } from 'node:child_process';

/** A program that the machine may lack. */
interface Tool {
  /** The commands that may start it: the first one whose version will do is taken. */
  readonly commands: readonly string[];
  readonly probe: readonly string[];
  /** What the probe prints of a version that will do. */
  readonly prints: RegExp;
}

const TOOLS = {
  // --aws-sigv4 signs the session token's header from then on.
  curl: { commands: ['curl'], probe: ['--version'], prints: /^curl (7\.(8[7-9]|9\d)|[89]\.)/ },
  node: { commands: [process.execPath], probe: ['--version'], prints: /^v2[2-9]/ },
  botocore: {
    commands: ['python3', '/usr/bin/python3'],
    probe: ['-c', 'import botocore; print(botocore.__version__)'],
    prints: /^1\./,
  },
  // A runtime without the compiler can't start a source file.
  java: { commands: ['java'], probe: ['--list-modules'], prints: /^jdk\.compiler@(1[7-9]|[2-9]\d)/m },
  jq: { commands: ['jq'], probe: ['--version'], prints: /^jq-/ },
  aws: { commands: ['/usr/bin/aws', 'aws'], probe: ['--version'], prints: /^aws-cli\/2\./ },
} satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/** Set where every tool must be there: what can't be run must not pass unseen. */
const allRequired = process.env.EVERY_TOOL === '1';

/** The command of a tool, or `undefined` where the machine lacks it: that is said. */
export function commandOf(name: ToolName): string | undefined {
  const { commands, probe, prints }: Tool = TOOLS[name];
  const found = commands.find((command) => {
    const { stdout } = spawnSync(command, probe, { encoding: 'utf8' });
    return prints.test(stdout ?? '');
  });
  if (found || !allRequired) {
    if (!found) process.stderr.write(`Not run: this machine has no ${name} that will do (${prints})\n`);
    return found;
  }
  throw new Error(`this machine has no ${name} that will do (${prints}), and EVERY_TOOL wants it`);
}

/** How a program ended. */
export interface Printed {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, with nothing else in its environment than the path. */
export function runTool(
  command: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Printed> {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 50_000,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
}
