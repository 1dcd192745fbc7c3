import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls';
import { httpTransport } from '../../shared/gateway/transport.ts';
import { makeCertificates } from './certificates.ts';
import { answer, type RawServer, startRawServer } from './raw-server.ts';

/** A time-out that no exchange here reaches. */
const PATIENCE_MS = 30_000;

/** Without it, OpenSSL refuses to serve the short key. */
const WEAK = { ciphers: 'DEFAULT:@SECLEVEL=0' };

const certificates = makeCertificates();
const { root, intermediate } = certificates;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function secured(options: TlsOptions): Promise<RawServer> {
  const peer = await startRawServer((socket) => socket.write(answer('{"ret_code":"0000"}')), options);
  closers.push(peer.close);
  return peer;
}

/** Replaces Node.js's default authorities, for one test. */
function trusted(...more: string[]): void {
  const before = getCACertificates('default');
  closers.push(() => setDefaultCACertificates(before));
  setDefaultCACertificates([...before, ...more]);
}

const post = (url: URL, ca?: string) => httpTransport(ca).post(url, '{"sign":"secret"}', PATIENCE_MS);

const GOOD = { status: 200, text: '{"ret_code":"0000"}' };

test('the transport trusts a server whose certificate is from an authority that Node.js trusts', async () => {
  trusted(root);
  for (const identity of [certificates.good, certificates.complete]) {
    const peer = await secured(identity);
    expect(await post(peer.url)).toEqual(GOOD);
    expect(peer.requests[0]).toMatch(/^POST \/refund\.htm HTTP\/1\.1\r\n[\s\S]*\r\n\r\n\{"sign":"secret"\}$/);
  }
});

describe('the certificates of GATEWAY_CA', () => {
  test.each([
    ['as it is', root],
    ['with CRLF', root.replaceAll('\n', '\r\n')],
    ['among others', certificates.selfSigned.cert + root],
  ])('are trusted: a root %s', async (_what, ca) => {
    expect(await post((await secured(certificates.good)).url, ca)).toEqual(GOOD);
  });

  test('are trusted besides those of Node.js, and an intermediate completes a chain that lacks it', async () => {
    const peer = await secured(certificates.incomplete);
    trusted(root);
    await expect(post(peer.url)).rejects.toThrow('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(await post(peer.url, intermediate)).toEqual(GOOD);
  });

  test('replace none of those that Node.js trusts', async () => {
    trusted(root);
    const peer = await secured(certificates.good);
    expect(await post(peer.url, certificates.selfSigned.cert)).toEqual(GOOD);
  });

  test('are trusted by this transport alone', async () => {
    const peer = await secured(certificates.good);
    expect(await post(peer.url, root)).toEqual(GOOD);
    await expect(post(peer.url)).rejects.toThrow('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });
});

test('a connection is reused, and its certificate is checked once', async () => {
  const peer = await secured(certificates.good);
  const transport = httpTransport(root);
  for (let count = 0; count < 3; count += 1) {
    expect(await transport.post(peer.url, '{}', PATIENCE_MS)).toEqual(GOOD);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(peer.requests).toHaveLength(3);
  expect(peer.sockets).toHaveLength(1);
});

describe('the transport sends nothing, and reports the reason, where the server', () => {
  test.each([
    [
      'has an unknown authority',
      certificates.good,
      undefined,
      /^UNABLE_TO_VERIFY_LEAF_SIGNATURE: unable to verify/,
    ],
    [
      'shows an incomplete chain',
      certificates.incomplete,
      root,
      /^UNABLE_TO_VERIFY_LEAF_SIGNATURE: unable to verify/,
    ],
    [
      'has a certificate of an unknown authority',
      certificates.complete,
      undefined,
      /^UNABLE_TO_GET_ISSUER_CERT_LOCALLY: /,
    ],
    [
      'has signed for itself',
      certificates.selfSigned,
      root,
      /^DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate/,
    ],
    ['has an expired certificate', certificates.expired, root, /^CERT_HAS_EXPIRED: certificate has expired$/],
    [
      'has the certificate of another host',
      certificates.otherHost,
      root,
      /^ERR_TLS_CERT_ALTNAME_INVALID: Hostname\/IP does not match certificate's altnames: IP: 127\.0\.0\.1/,
    ],
    [
      'has a key that is too short',
      { ...certificates.shortKey, ...WEAK },
      root,
      /^EE certificate key too weak$/,
    ],
    [
      'supports TLS 1.1 at most',
      { ...certificates.good, ...WEAK, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' },
      root,
      /^EPROTO: tlsv1 alert protocol version$/,
    ],
  ] satisfies [string, TlsOptions, string | undefined, RegExp][])(
    '%s',
    async (_what, options, ca, reason) => {
      const peer = await secured(options);
      const failed = await post(peer.url, ca).catch((error) => error);
      expect(failed).toBeInstanceOf(Error);
      expect(failed.message).toMatch(reason);
      expect(peer.requests).toEqual([]);
    },
  );

  test.each([
    [
      'closes within the handshake',
      (socket: Socket) => socket.end(),
      /^ECONNRESET: .*before secure TLS connection/,
    ],
    ['resets within the handshake', (socket: Socket) => socket.resetAndDestroy(), /ECONNRESET/],
    ['supports HTTP alone', (socket: Socket) => socket.end(answer('{}')), /^EPROTO: wrong version number$/],
    [
      'sends an alert',
      (socket: Socket) => socket.write(record(0x15, [2, 40])),
      /^EPROTO: .*handshake failure$/,
    ],
    [
      'wants the old, unsafe renegotiation',
      (socket: Socket) => socket.write(record(0x16, helloOfOldServer())),
      /^EPROTO: unsafe legacy renegotiation disabled$/,
    ],
  ])('%s', async (_what, onHello, reason) => {
    const port = await answeringBytes(onHello);
    const failed = await post(new URL(`https://127.0.0.1:${port}/refund.htm`), root).catch((error) => error);
    expect(failed.message).toMatch(reason);
  });
});

test('the transport gives up on a server that never ends the handshake', async () => {
  const port = await answeringBytes(() => {});
  const exchange = httpTransport(root).post(new URL(`https://127.0.0.1:${port}/refund.htm`), '{}', 50);
  await expect(exchange).rejects.toThrow('no complete answer within 50 ms');
});

/** Starts a TCP server that answers the client's first bytes with given bytes. @returns its port */
async function answeringBytes(onHello: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    socket.once('data', () => onHello(socket));
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** One record of TLS 1.2 (RFC 5246, 6.2). */
function record(type: number, content: number[]): Buffer {
  return Buffer.from([type, 3, 3, content.length >> 8, content.length & 255, ...content]);
}

/** A ServerHello of TLS 1.2 without extensions (RFC 5246, 7.4.1.3): such a server knows no RFC 5746. */
function helloOfOldServer(): number[] {
  const [random, noSession, cipher, noCompression] = [Array(32).fill(7), [0], [0xc0, 0x2f], [0]];
  const body = [3, 3, ...random, ...noSession, ...cipher, ...noCompression];
  return [2, 0, 0, body.length, ...body];
}
