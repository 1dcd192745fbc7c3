import { makeCertificates } from '../gateway/certificates.ts';
import { answer, type RawServer, startRawServer } from '../gateway/raw-server.ts';
import { openSsl } from '../signing/openssl.ts';
import { signedMessage } from '../support/messages.ts';
import { refundInput, type Service, startService } from '../support/service.ts';

type Fields = Record<string, string>;
type Answer = (path: string, request: Fields) => string | Buffer;

const openssl = openSsl();
const certificates = makeCertificates();
const peers: RawServer[] = [];
let service: Service;

beforeAll(async () => {
  service = await startService();
}, 60_000);

afterAll(async () => {
  await Promise.all([service.stop(), ...peers.map((peer) => peer.close())]);
  openssl.remove();
});

/** A TLS gateway with the given answers, and the settings of a function that calls it. */
async function gateway(identity: { key: string; cert: string }, answerTo: Answer) {
  const peer: RawServer = await startRawServer((socket, count) => {
    const [head = '', body = ''] = peer.requests[count - 1]?.split('\r\n\r\n') ?? [];
    socket.write(answer(answerTo(head.split(' ')[1] ?? '', JSON.parse(body) as Fields)));
  }, identity);
  peers.push(peer);
  const { origin } = peer.url;
  return { peer, settings: { LIANLIAN_TRADER_URL: origin, LIANLIAN_QUERY_URL: origin } };
}

const succeeds: Answer = (_path, { no_refund = '', dt_refund }) =>
  signedMessage(service.sandbox.gateway, no_refund, { dt_refund });

const { root, intermediate } = certificates;

test.each([
  ['as it is', root],
  ['with \\n written out', root.replaceAll('\n', '\\n')],
  ['with an intermediate', root + intermediate],
])(
  'a packaged function calls a gateway over HTTPS whose authority is in GATEWAY_CA, %s',
  async (what, ca) => {
    const { peer, settings } = await gateway(
      what === 'with an intermediate' ? certificates.incomplete : certificates.good,
      succeeds,
    );
    const lambda = await service.lambda('apply-refund', { ...settings, GATEWAY_CA: ca });
    const refund = await lambda.invoke(refundInput(`https-${ca.length}`));
    expect(refund).toMatchObject({ status: 'SUCCEEDED', sta_refund: '2' });
    expect(peer.requests).toEqual([expect.stringMatching(/^POST \/refund\.htm HTTP\/1\.1\r\n/)]);
  },
);

test('NODE_EXTRA_CA_CERTS works too, and GATEWAY_CA completes the chain below it', async () => {
  const { settings } = await gateway(certificates.incomplete, succeeds);
  const file = openssl.file('extra.pem', root);
  const lambda = await service.lambda('apply-refund', {
    ...settings,
    NODE_EXTRA_CA_CERTS: file,
    GATEWAY_CA: intermediate,
  });
  expect(await lambda.invoke(refundInput('https-extra'))).toMatchObject({ status: 'SUCCEEDED' });
});

test.each([
  ['without GATEWAY_CA', certificates.good, '', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['that is another host', certificates.otherHost, root, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['whose certificate has expired', certificates.expired, root, 'CERT_HAS_EXPIRED'],
  ['whose chain lacks a certificate', certificates.incomplete, root, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [
    'with a key that is too short',
    { ...certificates.shortKey, ciphers: 'DEFAULT:@SECLEVEL=0' },
    root,
    'key too weak',
  ],
])(
  'a gateway %s gets no request: the refund stays REQUESTED, and the log says why',
  async (what, identity, ca, reason) => {
    const { peer, settings } = await gateway(identity, succeeds);
    const lambda = await service.lambda('apply-refund', { ...settings, GATEWAY_CA: ca });
    const refund = await lambda.invoke(refundInput(`https-bad-${what.length}`));
    expect(refund).toMatchObject({ status: 'REQUESTED' });
    expect(peer.requests).toEqual([]);
    expect(lambda.log()).toContain(reason);
    expect(lambda.log()).toContain('"ExchangesInDoubt":1');
  },
);

test('a rejection in GBK is logged and counted, but not confirmed by a "not found"', async () => {
  const rejection = Buffer.from(
    '{"ret_code":"1008","ret_msg":"IP\xb7\xc3\xce\xca\xca\xdc\x95\x5c"}',
    'latin1',
  );
  let applied = 0;
  const { peer, settings } = await gateway(certificates.good, (path, request) => {
    if (path.includes('query')) return '{"ret_code":"8901","ret_msg":"none"}';
    applied += 1;
    return applied === 1 ? rejection : succeeds(path, request);
  });
  const lambda = await service.lambda('apply-refund', {
    ...settings,
    GATEWAY_CA: root,
    RESEND_AFTER_SECONDS: '1',
  });
  const input = refundInput('https-gbk');
  const open = await lambda.invoke(input);
  expect(open).toMatchObject({ status: 'REQUESTED' });
  expect(open).not.toHaveProperty('ret_code');
  expect(lambda.log()).toMatch(
    /"code":"attempt\.in_doubt".*"ret_code":"1008"[\s\S]*"ret_code":"1008".*"SetupRefusals":1/,
  );

  await new Promise((done) => setTimeout(done, 1_100));
  expect(await lambda.invoke(input)).toMatchObject({ status: 'SUCCEEDED' });
  expect(peer.requests.map((request) => request.split(' ')[1])).toEqual([
    '/refund.htm',
    '/refundquery.htm',
    '/refund.htm',
  ]);
});
