import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BusEvent } from '../../sandbox/aws/event-bridge.ts';
import type { GatewayEvent } from '../../sandbox/gateway/events.ts';
import { Listeners } from '../../sandbox/listeners.ts';
import { printLive } from '../../sandbox/live.ts';
import { until } from '../support/service.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'live-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('both sides are printed with their times, until the signal', async () => {
  const logFile = join(folder, 'functions.log');
  writeFileSync(logFile, '{"code":"refund.created","decision":"an old line","no_refund":"old"}\n');
  const gateway = new Listeners<GatewayEvent>();
  const published = new Listeners<BusEvent>();
  const stop = new AbortController();
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line.replace(/\d\d:\d\d:\d\d/, 'TIME'));
  const ended = printLive({ gateway, published, logFile, signal: stop.signal, print });

  const decided = (code: string, decision: string, more: object = {}) =>
    `${JSON.stringify({ level: 'info', code, decision, no_refund: 'r-1', ...more })}\n`;
  const doubt = decided('attempt.in_doubt', '结果未知', { reason: 'the signature does not verify' });
  const reapplied = decided('refund.reapplied', 'applied for again');
  const badGateway = decided('query.in_doubt', 'in doubt', { reason: 'HTTP status 502', ret_code: '1008' });
  const systemError = decided('query.in_doubt', 'in doubt', { reason: 'return code 9999', ret_code: '9999' });
  gateway.emit({
    type: 'request-received',
    no_refund: 'r-1',
    path: '/refund.htm',
    fields: {},
    at: new Date(),
  });
  appendFileSync(
    logFile,
    `a line of serverless\n${decided('refund.created', 'recorded')}${doubt.slice(0, 70)}`,
  );
  await until(async () => lines.length > 2);
  appendFileSync(logFile, `${doubt.slice(70)}${decided('event.published', 'published')}{"broken\n`);
  appendFileSync(logFile, reapplied + badGateway + systemError);
  appendFileSync(logFile, decided('refund.succeeded', 'succeeded', { ret_code: '0000' }));
  await until(async () => lines.some((line) => line.includes('SUCCEEDED')));
  published.emit({
    id: '1',
    bus: 'default',
    source: 'lianlian.refunds',
    detailType: 'Refund Status Changed',
    detail: { no_refund: 'r-1', previous_status: 'REQUESTED', status: 'SUCCEEDED' },
  });
  stop.abort();
  await ended;
  gateway.emit({
    type: 'request-received',
    no_refund: 'r-1',
    path: '/refund.htm',
    fields: {},
    at: new Date(),
  });

  expect(lines).toEqual([
    '  TIME  gateway  r-1  receives the signed request at /refund.htm',
    '  TIME  service  r-1  recorded',
    '  TIME  record   r-1  REQUESTED',
    '  TIME  service  r-1  结果未知 (the signature does not verify)',
    '  TIME  service  r-1  applied for again',
    '  TIME  record   r-1  REQUESTED',
    '  TIME  service  r-1  in doubt (HTTP status 502, 1008)',
    '  TIME  service  r-1  in doubt (return code 9999)',
    '  TIME  service  r-1  succeeded (0000)',
    '  TIME  record   r-1  SUCCEEDED',
    '  TIME  events   r-1  REQUESTED -> SUCCEEDED',
  ]);
});
