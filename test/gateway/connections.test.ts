import dns from 'node:dns';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { httpTransport, type Transport } from '../../shared/gateway/transport.ts';
import { makeCertificates } from './certificates.ts';
import { answer, closed, type RawServer, startRawServer } from './raw-server.ts';

/** A time-out that no exchange here reaches. */
const PATIENCE_MS = 30_000;

const certificates = makeCertificates();
const { root, good } = certificates;

const peers: RawServer[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

/** A server that answers each request, with these headers. */
async function answering(secure?: TlsOptions, ...headers: string[]): Promise<RawServer> {
  return peerThat((socket) => socket.write(answer('{}', '200 OK', ...headers)), secure);
}

async function peerThat(
  onRequest: (socket: Socket, count: number) => void,
  secure?: TlsOptions,
): Promise<RawServer> {
  const peer = await startRawServer(onRequest, secure);
  peers.push(peer);
  return peer;
}

/** The agent frees a connection in a later turn of the event loop. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const post = ({ post }: Transport, { url }: RawServer) => post(url, '{}', PATIENCE_MS);

async function postAndFree(transport: Transport, peer: RawServer): Promise<void> {
  await post(transport, peer);
  await turn();
}

async function connected(peer: RawServer, count = 1): Promise<Socket> {
  while (peer.sockets.length < count) await turn();
  return peer.sockets[count - 1] as Socket;
}

/** Whatever was under way on this machine before has arrived when this comes back. */
async function roundTrip(): Promise<void> {
  await post(httpTransport(), await answering());
}

/** How many connections a server has seen, those included that are under way: they are accepted in their order. */
async function countOf(peer: RawServer): Promise<number> {
  await post(httpTransport(root), peer);
  return peer.sockets.length - 1;
}

/** Moves the clock by which idle times are measured. */
function clock() {
  const at = { ms: 1_000_000 };
  jest.spyOn(Date, 'now').mockImplementation(() => at.ms);
  return at;
}

const WIRES: [string, TlsOptions | undefined][] = [
  ['HTTP', undefined],
  ['TLS 1.2', { ...good, maxVersion: 'TLSv1.2' }],
  ['TLS 1.3', { ...good, minVersion: 'TLSv1.3' }],
];

describe.each(WIRES)('over %s a connection that is opened ahead', (_wire, secure) => {
  test('carries nothing but the next request', async () => {
    const peer = await answering(secure);
    const transport = httpTransport(root);
    transport.openAhead(peer.url);
    await connected(peer);
    await roundTrip();
    expect(peer.received()).toBe('');
    await post(transport, peer);
    expect(peer.requests).toHaveLength(1);
    expect(peer.requests[0]).toMatch(/^POST \/refund\.htm HTTP\/1\.1\r\n/);
    expect(peer.sockets).toHaveLength(1);
  });

  test('is used while it is being opened, and afterwards like any other', async () => {
    const peer = await answering(secure);
    const transport = httpTransport(root);
    transport.openAhead(peer.url);
    await postAndFree(transport, peer);
    await post(transport, peer);
    expect(peer.requests).toHaveLength(2);
    expect(peer.sockets).toHaveLength(1);
  });
});

describe('no connection is opened ahead', () => {
  test('where one is', async () => {
    const peer = await answering();
    const transport = httpTransport();
    transport.openAhead(peer.url);
    transport.openAhead(peer.url);
    await connected(peer);
    transport.openAhead(peer.url);
    expect(await countOf(peer)).toBe(1);
  });

  test('where one idles', async () => {
    const peer = await answering();
    const transport = httpTransport();
    await postAndFree(transport, peer);
    transport.openAhead(peer.url);
    expect(await countOf(peer)).toBe(1);
  });
});

test('a connection is opened ahead where another is busy, and each request has its own', async () => {
  const waiting: Socket[] = [];
  const peer = await peerThat((socket) => waiting.push(socket));
  const transport = httpTransport();
  const first = post(transport, peer);
  transport.openAhead(peer.url);
  const second = post(transport, peer);
  while (waiting.length < 2) await turn();
  for (const socket of waiting) socket.write(answer('{}'));
  await Promise.all([first, second]);
  expect(peer.sockets).toHaveLength(2);
});

test('a connection that was opened ahead serves its own host alone, and any path of it', async () => {
  const [trader, query] = [await answering(), await answering()];
  const transport = httpTransport();
  transport.openAhead(new URL('/', trader.url));
  await post(transport, query);
  await post(transport, trader);
  expect([trader, query].map((peer) => peer.sockets.length)).toEqual([1, 1]);
  expect([trader, query].map((peer) => peer.requests.length)).toEqual([1, 1]);
});

describe('a connection that was opened ahead', () => {
  test.each([
    ['is used within four seconds', 4_000, 1],
    ['is not used later', 4_001, 2],
  ])('%s', async (_what, idleMs, connections) => {
    const at = clock();
    const peer = await answering();
    const transport = httpTransport();
    transport.openAhead(peer.url);
    const socket = await connected(peer);
    at.ms += idleMs;
    await post(transport, peer);
    expect(peer.sockets).toHaveLength(connections);
    if (connections > 1) await closed(socket);
  });

  test('makes way for a new one after four seconds', async () => {
    const at = clock();
    const peer = await answering();
    const transport = httpTransport();
    transport.openAhead(peer.url);
    const socket = await connected(peer);
    at.ms += 4_001;
    transport.openAhead(peer.url);
    await closed(socket);
    await post(transport, peer);
    expect(peer.sockets).toHaveLength(2);
  });

  test.each<[string, (socket: Socket) => unknown]>([
    ['that the server has closed', (socket) => socket.end()],
    ['that the server has reset', (socket) => socket.resetAndDestroy()],
    ['on which the server has spoken', (socket) => socket.write(answer('', '408 Request Timeout'))],
    ['on which the server has spoken its last', (socket) => socket.end(answer('', '408 Request Timeout'))],
  ])('%s is replaced before anything is sent', async (_what, spoil) => {
    const peer = await answering();
    const transport = httpTransport();
    transport.openAhead(peer.url);
    const socket = await connected(peer);
    spoil(socket);
    await roundTrip();
    expect(await post(transport, peer)).toEqual({ status: 200, text: '{}' });
    await closed(socket);
    expect(peer.requests).toHaveLength(1);
    expect(peer.sockets).toHaveLength(2);
  });

  test('and that the server closes at the request fails that request, which is sent once', async () => {
    const peer = await peerThat((socket) => socket.destroy());
    const transport = httpTransport();
    transport.openAhead(peer.url);
    await connected(peer);
    await expect(post(transport, peer)).rejects.toThrow('ECONNRESET');
    expect(peer.requests).toHaveLength(1);
    expect(peer.sockets).toHaveLength(1);
  });
});

describe('nobody hears of a connection ahead that fails; a request has its own try, and its error,', () => {
  test('where nothing listens', async () => {
    const peer = await answering();
    await peer.close();
    const transport = httpTransport();
    transport.openAhead(peer.url);
    await roundTrip();
    await expect(post(transport, peer)).rejects.toThrow('ECONNREFUSED');
  });

  test('where the request takes it over before it fails', async () => {
    const peer = await answering();
    await peer.close();
    const transport = httpTransport();
    transport.openAhead(peer.url);
    await expect(post(transport, peer)).rejects.toThrow('ECONNREFUSED');
  });

  test('where the host has no address', async () => {
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND gateway.invalid'), { code: 'ENOTFOUND' });
    const lookup = jest
      .spyOn(dns, 'lookup')
      .mockImplementation(((_host: string, _options: unknown, done: (error: Error) => void) =>
        setImmediate(done, unknown)) as never);
    const url = new URL('https://gateway.invalid/refund.htm');
    const transport = httpTransport();
    transport.openAhead(url);
    await turn();
    await turn();
    expect(lookup).toHaveBeenCalledTimes(1);
    await expect(transport.post(url, '{}', PATIENCE_MS)).rejects.toThrow('ENOTFOUND');
    expect(lookup).toHaveBeenCalledTimes(2);
  });

  test.each([
    ['is of an unknown authority', certificates.selfSigned, /^DEPTH_ZERO_SELF_SIGNED_CERT/],
    ["is another host's", certificates.otherHost, /^ERR_TLS_CERT_ALTNAME_INVALID/],
  ])('where the certificate %s', async (_what, identity, reason) => {
    const peer = await answering(identity);
    const transport = httpTransport(root);
    transport.openAhead(peer.url);
    while (peer.dialled.length < 1) await turn();
    await closed(peer.dialled[0]);
    await expect(post(transport, peer)).rejects.toThrow(reason);
    expect(peer.dialled).toHaveLength(2);
    expect(peer.requests).toEqual([]);
  });
});

describe.each(WIRES.slice(1))('over %s', (_wire, secure) => {
  test('a new connection resumes the session of the one before', async () => {
    const at = clock();
    const peer = await answering(secure);
    const transport = httpTransport(root);
    for (let count = 0; count < 3; count += 1) {
      await postAndFree(transport, peer);
      at.ms += 4_001;
    }
    expect(peer.resumed).toEqual([false, true, true]);
  });

  test('so does one that is opened ahead, and one after it', async () => {
    const at = clock();
    const peer = await answering(secure);
    const transport = httpTransport(root);
    transport.openAhead(peer.url);
    await connected(peer);
    await roundTrip();
    at.ms += 4_001;
    transport.openAhead(peer.url);
    await connected(peer, 2);
    at.ms += 4_001;
    await post(transport, peer);
    expect(peer.resumed).toEqual([false, true, true]);
  });

  test('no session is resumed after a handshake that failed with it', async () => {
    const at = clock();
    const peer = await answering(secure);
    const transport = httpTransport(root);
    await postAndFree(transport, peer);
    at.ms += 4_001;
    peer.refuseNext();
    await expect(post(transport, peer)).rejects.toThrow('ECONNRESET');
    await post(transport, peer);
    expect(peer.resumed).toEqual([false, false]);
  });
});

describe('how long a connection idles', () => {
  test.each([
    ['timeout=60', 58_000],
    ['timeout=5', 3_000],
    ['max=100, Timeout=20', 18_000],
    ['timeout=86400', 300_000],
    ['timeout=soon', 4_000],
    ['max=100', 4_000],
  ])('is for the server to say: Keep-Alive: %s is %i ms', async (word, maxIdleMs) => {
    const at = clock();
    const peer = await answering(undefined, `keep-alive: ${word}`);
    const transport = httpTransport();
    await postAndFree(transport, peer);
    at.ms += maxIdleMs;
    await postAndFree(transport, peer);
    expect(peer.sockets).toHaveLength(1);
    at.ms += maxIdleMs + 1;
    await post(transport, peer);
    expect(peer.sockets).toHaveLength(2);
  });

  test.each(['timeout=0', 'timeout=1', 'timeout=2'])('Keep-Alive: %s is not at all', async (word) => {
    clock();
    const peer = await answering(undefined, `keep-alive: ${word}`);
    const transport = httpTransport();
    await postAndFree(transport, peer);
    await post(transport, peer);
    expect(peer.sockets).toHaveLength(2);
  });

  test('is judged by its own server and its own last answer', async () => {
    const at = clock();
    let word = 'timeout=60';
    const peer = await peerThat((socket) => socket.write(answer('{}', '200 OK', `keep-alive: ${word}`)));
    const other = await answering();
    const transport = httpTransport();
    await postAndFree(transport, peer);
    await postAndFree(transport, other);
    word = 'timeout=10';
    at.ms += 50_000;
    await postAndFree(transport, peer);
    await postAndFree(transport, other);
    at.ms += 8_001;
    await post(transport, peer);
    expect([peer, other].map((one) => one.sockets.length)).toEqual([2, 2]);
  });

  test('is told once for each host', async () => {
    const said: unknown[] = [];
    const transport = httpTransport('', (...word) => said.push(word));
    const [trader, query] = [await answering(undefined, 'keep-alive: timeout=60'), await answering()];
    for (const peer of [trader, trader, query, trader, query]) await postAndFree(transport, peer);
    expect(said).toEqual([
      ['127.0.0.1', 'timeout=60', 58_000],
      ['127.0.0.1', undefined, 4_000],
    ]);
  });
});

test('of two connections that idle, no request gets the one that has just been given up', async () => {
  const at = clock();
  const waiting: Socket[] = [];
  const peer = await peerThat((socket, count) => {
    waiting.push(socket);
    if (count > 2) socket.write(answer('{}'));
  });
  const transport = httpTransport();
  const posts = [post(transport, peer), post(transport, peer)];
  while (waiting.length < 2) await turn();
  // The agent prefers the one that was freed last.
  waiting[0]?.write(answer('{}', '200 OK', 'keep-alive: timeout=60'));
  await posts[0];
  await turn();
  waiting[1]?.write(answer('{}', '200 OK', 'keep-alive: timeout=5'));
  await posts[1];
  await turn();
  at.ms += 3_001;
  expect(await post(transport, peer)).toEqual({ status: 200, text: '{}' });
  expect(waiting[2]).toBe(waiting[0]);
});

test('a connection keeps the process alive while a request needs it, not while it waits for one', async () => {
  const waiting: Socket[] = [];
  const peer = await peerThat((socket) => waiting.push(socket));
  const awake = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const transport = httpTransport();
  transport.openAhead(peer.url);
  await connected(peer);
  // Connections of the tests before may still be closing.
  for (let count = 0; count < 10; count += 1) await turn();
  const idling = awake();
  const exchange = post(transport, peer);
  while (waiting.length < 1) await turn();
  const busy = awake();
  waiting[0]?.write(answer('{}'));
  await exchange;
  expect(busy - idling).toBe(1);
});
