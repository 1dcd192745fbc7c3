import { connect, isIP } from 'node:net';
import { createSecureContext, getCACertificates, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import { about, type Finding } from '../finding.ts';
import type { Setup } from '../setup.ts';

const report = about('gateway');

const PATIENCE_MS = 5_000;

const DAY_MS = 86_400_000;
const WARN_DAYS = 14;

/** Whether the gateway's hosts can be reached from this machine, and their certificates verified. Nothing is sent. */
export async function checkHosts({ config: { traderUrl, queryUrl, gatewayCa } }: Setup): Promise<Finding[]> {
  const urls = [traderUrl, queryUrl].filter((url) => URL.canParse(url));
  const origins = new Set(urls.map((url) => new URL(url).origin));
  return Promise.all([...origins].map((origin) => aboutHost(new URL(origin), gatewayCa)));
}

async function aboutHost(url: URL, ca: string): Promise<Finding> {
  try {
    const validTo = await reach(url, ca);
    if (!validTo) return report.ok(`${url.origin} can be reached from here`);
    const days = Math.floor((Date.parse(validTo) - Date.now()) / DAY_MS);
    return days < WARN_DAYS
      ? report.warning(`The certificate of ${url.host} ends in ${days} days`, 'Tell LianLian')
      : report.ok(`${url.origin} can be reached from here, and its certificate is verified`);
  } catch (error) {
    return faultOf(url, error as NodeJS.ErrnoException);
  }
}

/** @returns until when the certificate is valid; `undefined` without TLS */
function reach(url: URL, ca: string): Promise<string | undefined> {
  const { hostname, port } = urlToHttpOptions(url);
  const host = String(hostname);
  const isTls = url.protocol === 'https:';
  const at = { host, port: Number(port) || (isTls ? 443 : 80) };
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const secure = () => ({
    secureContext: createSecureContext(ca ? { ca: [...getCACertificates('default'), ca] } : {}),
    servername: isIP(host) ? '' : host,
  });
  const socket = isTls ? tlsConnect({ ...at, ...secure() }) : connect(at);
  socket.setTimeout(PATIENCE_MS, () => reject(new Error(`no answer within ${PATIENCE_MS} ms`)));
  socket.once('error', reject);
  socket.once(isTls ? 'secureConnect' : 'connect', () =>
    resolve(isTls ? (socket as TLSSocket).getPeerCertificate().valid_to : undefined),
  );
  return promise.finally(() => socket.destroy());
}

/** What keeps a connection from being made has no certificate in it. */
const UNREACHED = /^(E(CONN|HOST|NET|AI_|NOTFOUND|TIMEDOUT)|no answer)/;

function faultOf(url: URL, { code = '', message }: NodeJS.ErrnoException): Finding {
  const reason = message.includes(code) ? message : `${code}: ${message}`;
  if (UNREACHED.test(code || message))
    return report.fault(
      `${url.origin} can't be reached from here (${reason})`,
      'Look at the URL, DNS and the way out of this machine',
    );
  return report.fault(
    `The certificate of ${url.origin} can't be verified (${reason})`,
    "Look it up in docs/operations.md#the-gateways-certificate; GATEWAY_CA completes the gateway's chain",
  );
}
