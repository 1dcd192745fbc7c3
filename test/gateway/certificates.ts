import { readFileSync } from 'node:fs';
import { openSsl } from '../signing/openssl.ts';

/** A server's key, and its certificate with the rest of the chain that it sends. PEM. */
export interface Identity {
  key: string;
  cert: string;
}

const AUTHORITY = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign';
const LOOPBACK = 'subjectAltName=IP:127.0.0.1,IP:0.0.0.0';

/** A root, an intermediate below it, and servers on 127.0.0.1 with certificates of every kind; good for a day, and `good` for a month. */
export function makeCertificates() {
  const openssl = openSsl();
  const make = (
    name: string,
    issuer: string,
    extensions: string,
    { bits = 2048, days = 1 } = {},
  ): Identity => {
    const [key, cert] = [`${name}.key`, `${name}.crt`].map((file) => openssl.file(file, '')) as [
      string,
      string,
    ];
    const request = openssl.file(
      `${name}.csr`,
      openssl.run('req', '-new', '-newkey', `rsa:${bits}`, '-nodes', '-keyout', key, '-subj', `/CN=${name}`),
    );
    const by = issuer === name ? ['-signkey', key] : ['-CA', `${issuer}.crt`, '-CAkey', `${issuer}.key`];
    const serial = issuer === name ? [] : ['-CAcreateserial'];
    const extensionFile = openssl.file(`${name}.ext`, extensions);
    openssl.run(
      ...['x509', '-req', '-in', request, '-out', cert, '-extfile', extensionFile, '-days', String(days)],
      ...by,
      ...serial,
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  };
  try {
    const root = make('root', 'root', AUTHORITY).cert;
    const intermediate = make('intermediate', 'root', AUTHORITY).cert;
    const incomplete = make('incomplete', 'intermediate', LOOPBACK);
    return {
      root,
      intermediate,
      good: make('good', 'root', LOOPBACK, { days: 30 }),
      complete: { ...incomplete, cert: incomplete.cert + intermediate },
      incomplete,
      expired: make('expired', 'root', LOOPBACK, { days: -1 }),
      selfSigned: make('self-signed', 'self-signed', LOOPBACK),
      otherHost: make('other-host', 'root', 'subjectAltName=DNS:traderapi.example,IP:127.0.0.2'),
      shortKey: make('short-key', 'root', LOOPBACK, { bits: 1024 }),
    };
  } finally {
    openssl.remove();
  }
}
