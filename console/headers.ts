/**
 * What every answer carries. The page loads its own script and style and nothing else; nothing of it runs that came in
 * as text; no other page may frame or read it.
 */
export const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // Refunds are read anew each time, and stay in no cache.
  'Cache-Control': 'no-store',
} as const;
