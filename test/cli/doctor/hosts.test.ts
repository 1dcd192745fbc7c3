import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { checkHosts } from '../../../cli/doctor/checks/hosts.ts';
import type { Setup } from '../../../cli/doctor/setup.ts';
import { close, listen } from '../../../sandbox/http.ts';
import { type Identity, makeCertificates } from '../../gateway/certificates.ts';

const certificates = makeCertificates();
const { root, intermediate } = certificates;

/** What is found of a gateway on this machine. */
async function findings(traderUrl: string, gatewayCa = '', queryUrl = traderUrl) {
  const found = await checkHosts({ config: { traderUrl, queryUrl, gatewayCa } } as Setup);
  return found.map(({ verdict, what }) => `${verdict}: ${what}`);
}

async function withServer<T>(identity: Identity, work: (url: string) => Promise<T>): Promise<T> {
  const server: Server = createServer({ ...identity });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return work(`https://127.0.0.1:${port}`).finally(() => server.close());
}

test.each([
  ['a root', certificates.good, root],
  ['an intermediate and its root', certificates.incomplete, root + intermediate],
])('a certificate that %s in GATEWAY_CA makes trusted is verified', async (_what, identity, ca) => {
  const [found, ...more] = await withServer(identity, (url) => findings(`${url}/path`, ca));
  expect(found).toMatch(/ can be reached from here, and its certificate is verified$|ends in \d+ days$/);
  expect(more).toEqual([]);
});

test.each([
  ['from an unknown authority', certificates.good, '', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['with an incomplete chain', certificates.incomplete, root, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['that has expired', certificates.expired, root, 'CERT_HAS_EXPIRED'],
  ['that is self-signed', certificates.selfSigned, root, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
])('a certificate %s is a fault', async (_what, identity, ca, reason) => {
  const found = await withServer(identity, (url) => findings(url, ca));
  expect(found).toEqual([expect.stringMatching(/^fault: The certificate of .* can't be verified/)]);
  expect(found[0]).toContain(reason);
});

test("another host's certificate is a fault", async () => {
  const [found] = await withServer(certificates.otherHost, (url) => findings(url, root));
  expect(found).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('a certificate that ends soon is a warning', async () => {
  const { root, complete } = certificates;
  const [found] = await withServer(complete, (url) => findings(url, root));
  expect(found).toMatch(/^warning: The certificate of 127\.0\.0\.1:\d+ ends in 0 days$/);
});

test('a host that nobody listens on is a fault, and each host is looked at once', async () => {
  const server = createHttpServer();
  const url = await listen(server, 0, 'the gateway');
  expect(await findings(url, '', `${url}/query`)).toEqual([`ok: ${url} can be reached from here`]);
  await close(server);
  expect(await findings(url, '', 'http://127.0.0.1:9')).toEqual([
    expect.stringMatching(/^fault: .* can't be reached from here \(connect ECONNREFUSED /),
    expect.stringMatching(/^fault: http:\/\/127\.0\.0\.1:9 can't be reached from here/),
  ]);
});
