import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Below the ephemeral ports: the operating system gives none of these to another program between the moment it was
 * found free and the start of the program that it is for.
 */
const chosenPorts = { from: 10_000, below: 32_768 };

/**
 * Listens on 127.0.0.1 and nowhere else.
 * @param port 0 means any free port
 * @param what names the server in the error
 * @returns the origin, such as `http://127.0.0.1:4101`
 * @throws Error that names the port, when it is in use
 */
export async function listen(server: Server, port: number, what: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, port, what)));
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stops listening and breaks every open connection, also those with a request in progress. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** Whether a port of 127.0.0.1 is free at this moment. */
export async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await listen(probe, port, 'a probe');
  } catch {
    return false;
  }
  await close(probe);
  return true;
}

/** A free port, for a program that takes a number and no open socket. */
export async function unusedPort(): Promise<number> {
  const port = randomInt(chosenPorts.from, chosenPorts.below);
  return (await isFree(port)) ? port : unusedPort();
}

/** The whole body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function explained(error: NodeJS.ErrnoException, port: number, what: string): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new Error(
    `Port ${port} is in use, so ${what} can't start: end what listens there, or choose another`,
    {
      cause: error,
    },
  );
}
