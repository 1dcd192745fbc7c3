import type { Socket } from 'node:net';
import { httpTransport, type Post } from '../../shared/gateway/transport.ts';
import { answer, closed, type RawServer, startRawServer } from './raw-server.ts';

/** A time-out that no exchange here reaches. */
const PATIENCE_MS = 30_000;

let peers: RawServer[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(peers.map((peer) => peer.close()));
  peers = [];
});

async function peerThat(onRequest: (socket: Socket, count: number) => void): Promise<RawServer> {
  const peer = await startRawServer(onRequest);
  peers.push(peer);
  return peer;
}

const post: Post = (...exchange) => httpTransport().post(...exchange);

test('the transport posts the text unchanged and returns the whole reply', async () => {
  const peer = await peerThat((socket) => socket.write(answer('{"ret_msg":"交易成功"}')));
  expect(await post(peer.url, '{"a":"退款"}', PATIENCE_MS)).toEqual({
    status: 200,
    text: '{"ret_msg":"交易成功"}',
  });
  const [head, body] = peer.requests[0]?.split('\r\n\r\n') ?? [];
  expect(head).toMatch(/^POST \/refund\.htm HTTP\/1\.1\r\n/);
  expect(head).toMatch(/^content-type: application\/json;charset=utf-8\r$/im);
  expect(head).toMatch(/^content-length: 14\r$/im);
  expect(body).toBe('{"a":"退款"}');
});

test('a reply may arrive in chunks that split a character', async () => {
  const whole = answer('{"ret_msg":"交易"}');
  const peer = await peerThat((socket) => {
    socket.setNoDelay(true);
    for (const byte of whole) socket.write(Buffer.from([byte]));
  });
  expect((await post(peer.url, '{}', PATIENCE_MS)).text).toBe('{"ret_msg":"交易"}');
});

test('a reply without a length ends with its connection', async () => {
  const peer = await peerThat((socket) =>
    socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"a":"b"}'),
  );
  expect((await post(peer.url, '{}', PATIENCE_MS)).text).toBe('{"a":"b"}');
});

test('fifty exchanges go on at a time, each over a connection of its own', async () => {
  const sockets: Socket[] = [];
  const peer = await peerThat((socket) => {
    if (sockets.push(socket) < 50) return;
    for (const waiting of sockets) waiting.write(answer('{"a":"b"}'));
  });
  const transport = httpTransport();
  await Promise.all(Array.from({ length: 50 }, () => transport.post(peer.url, '{}', PATIENCE_MS)));
  expect(new Set(sockets).size).toBe(50);
});

test.each([
  ['301 Moved Permanently', 301],
  ['302 Found', 302],
  ['307 Temporary Redirect', 307],
  ['308 Permanent Redirect', 308],
])('%s is returned, and no redirect is followed', async (status, code) => {
  const elsewhere = await peerThat((socket) => socket.write(answer('elsewhere')));
  const peer = await peerThat((socket) =>
    socket.write(answer('', status, `location: ${elsewhere.url.href}`)),
  );
  expect(await post(peer.url, '{}', PATIENCE_MS)).toEqual({ status: code, text: '' });
  expect(peer.requests).toHaveLength(1);
  expect(elsewhere.requests).toEqual([]);
});

test.each([
  ['500 Internal Server Error', 500],
  ['503 Service Unavailable', 503],
  ['404 Not Found', 404],
])('%s is returned, and not retried', async (status, code) => {
  const peer = await peerThat((socket) => socket.write(answer('busy', status, 'retry-after: 0')));
  expect(await post(peer.url, '{}', PATIENCE_MS)).toEqual({ status: code, text: 'busy' });
  expect(peer.requests).toHaveLength(1);
});

/** Replaces the timers: the test decides when the time is up. */
function timeInHand() {
  const controller = new AbortController();
  const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(controller.signal);
  return { timeout, isUp: () => controller.abort() };
}

test('an exchange takes no more time than it is given', async () => {
  const peer = await peerThat(() => {});
  await expect(post(peer.url, '{}', 30)).rejects.toThrow('no complete answer within 30 ms');
});

describe('the time-out covers', () => {
  test.each([
    ['an answer that never comes', () => {}],
    ['a head that never ends', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nx: ')],
    [
      'a body that never ends',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"'),
    ],
    ['a body that trickles', trickle],
    ['a body without an announced end', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n{}')],
  ])('%s, and closes the connection', async (_what, onRequest) => {
    const time = timeInHand();
    const peer = await peerThat((socket) => {
      onRequest(socket);
      // Usually long enough for the client to read what was written; if not, the outcome is the same.
      setTimeout(time.isUp, 20);
    });
    await expect(post(peer.url, '{}', PATIENCE_MS)).rejects.toThrow(
      `no complete answer within ${PATIENCE_MS} ms`,
    );
    await closed(peer.sockets[0]);
    expect(peer.requests).toHaveLength(1);
    expect(time.timeout.mock.calls).toEqual([[PATIENCE_MS]]);
  });
});

/** Sends a byte now and then, and never ends: an idle time-out would not end it. */
function trickle(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n');
  const timer = setInterval(() => socket.write(' '), 5);
  socket.once('close', () => clearInterval(timer));
}

describe('an error says what happened, and is not retried:', () => {
  test.each([
    ['a connection closed before the answer', (socket: Socket) => socket.end(), /ECONNRESET/],
    ['a connection reset before the answer', (socket: Socket) => socket.resetAndDestroy(), /ECONNRESET/],
    ['a connection closed within the head', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nx'), /./],
    [
      'a connection closed within the body',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"a"'),
      /ECONNRESET/,
    ],
    [
      'a connection closed within the chunks',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'),
      /ECONNRESET/,
    ],
    ['something else than HTTP', (socket: Socket) => socket.end('hello\r\n\r\n'), /HPE_/],
    [
      'another protocol',
      (socket: Socket) => socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      /closed without an answer/,
    ],
    [
      'a reply of 64 KiB and one byte',
      (socket: Socket) => socket.write(answer('x'.repeat(65_537))),
      /too large/,
    ],
  ])('%s', async (_what, onRequest, message) => {
    const peer = await peerThat(onRequest);
    await expect(post(peer.url, '{"sign":"secret"}', PATIENCE_MS)).rejects.toThrow(message);
    expect(peer.requests).toHaveLength(1);
  });

  test('no server', async () => {
    const peer = await peerThat(() => {});
    await peer.close();
    peers = [];
    await expect(post(peer.url, '{}', PATIENCE_MS)).rejects.toThrow(/ECONNREFUSED/);
  });
});

test.each([
  ['in GBK', Buffer.from('{"ret_msg":"\xbd\xbb\x95\x5c","ret_code":"1008"}', 'latin1')],
  ['cut within a character', Buffer.from([0x7b, 0xe4, 0xba])],
])('a reply %s is reported as such, with its ASCII characters', async (_what, body) => {
  const peer = await peerThat((socket) => socket.write(answer(body)));
  expect(await post(peer.url, '{}', PATIENCE_MS)).toEqual({
    status: 200,
    text: body.toString('latin1'),
    isGarbled: true,
  });
});

test('a reply of 64 KiB is accepted', async () => {
  const peer = await peerThat((socket) => socket.write(answer('x'.repeat(65_536))));
  expect((await post(peer.url, '{}', PATIENCE_MS)).text).toHaveLength(65_536);
});

test('the transport gives up on an endless reply at 64 KiB', async () => {
  const peer = await peerThat((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const more = () => {
      while (!socket.destroyed && socket.write('x'.repeat(16_384)));
    };
    socket.on('drain', more);
    more();
  });
  await expect(post(peer.url, '{}', PATIENCE_MS)).rejects.toThrow('too large');
  await closed(peer.sockets[0]);
});

describe('a connection', () => {
  /** Moves the clock by which idle times are measured. */
  function clock() {
    const at = { ms: 1_000_000 };
    jest.spyOn(Date, 'now').mockImplementation(() => at.ms);
    return at;
  }

  /** The agent frees a connection in a later turn of the event loop. */
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  async function answering(): Promise<RawServer> {
    return peerThat((socket) => socket.write(answer('{}')));
  }

  test.each([
    ['within four seconds is used again', 4_000, 1],
    ['that was left alone for longer is not', 4_001, 2],
  ])('%s', async (_what, idleMs, connections) => {
    const at = clock();
    const peer = await answering();
    const transport = httpTransport();
    await transport.post(peer.url, '{}', PATIENCE_MS);
    await turn();
    at.ms += idleMs;
    await transport.post(peer.url, '{}', PATIENCE_MS);
    expect(peer.requests).toHaveLength(2);
    expect(peer.sockets).toHaveLength(connections);
  });

  test('expires while another host is busy', async () => {
    const at = clock();
    const [trader, query] = [await answering(), await answering()];
    const transport = httpTransport();
    await transport.post(trader.url, '{}', PATIENCE_MS);
    for (let count = 0; count < 3; count += 1) {
      at.ms += 3_000;
      await transport.post(query.url, '{}', PATIENCE_MS);
      await turn();
    }
    expect(query.sockets).toHaveLength(1);
    await transport.post(trader.url, '{}', PATIENCE_MS);
    expect(trader.sockets).toHaveLength(2);
  });

  test('is not reused after an exchange that timed out', async () => {
    const time = timeInHand();
    const peer = await peerThat((socket, count) => {
      if (count > 1) socket.write(answer('{}'));
      else time.isUp();
    });
    const transport = httpTransport();
    await expect(transport.post(peer.url, '{}', PATIENCE_MS)).rejects.toThrow('no complete answer');
    time.timeout.mockRestore();
    expect(await transport.post(peer.url, '{}', PATIENCE_MS)).toEqual({ status: 200, text: '{}' });
    expect(peer.sockets).toHaveLength(2);
  });

  test('that the server closes at the next request fails that request, which is sent once', async () => {
    const peer = await peerThat((socket, count) => {
      if (count === 1) socket.write(answer('{}'));
      else socket.destroy();
    });
    const transport = httpTransport();
    await transport.post(peer.url, '{}', PATIENCE_MS);
    await turn();
    await expect(transport.post(peer.url, '{}', PATIENCE_MS)).rejects.toThrow('ECONNRESET');
    expect(peer.requests).toHaveLength(2);
    expect(peer.sockets).toHaveLength(1);
  });

  test('serves one exchange at a time', async () => {
    const peer = await answering();
    const transport = httpTransport();
    await Promise.all([
      transport.post(peer.url, '{}', PATIENCE_MS),
      transport.post(peer.url, '{}', PATIENCE_MS),
    ]);
    expect(peer.sockets).toHaveLength(2);
  });
});
