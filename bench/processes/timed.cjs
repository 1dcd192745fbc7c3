/**
 * A container of its own: loads a bundle, waits, and applies for refunds: one, five, and one more after a pause. It prints
 * how long each event took to its answer, in milliseconds.
 */
const { handler } = require(require('node:path').resolve(process.argv[2]));
const [prefix, waitMs] = process.argv.slice(3);
const PAUSE_MS = 5_000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const context = { getRemainingTimeInMillis: () => 29_000 };
let number = 0;

async function timed() {
  const no_refund = `${prefix}${number++}`;
  const beganMs = performance.now();
  const { status } = await handler({ no_refund, money_refund: '200.10', no_order: '2013051500001' }, context);
  if (status !== 'SUCCEEDED') throw new Error(`${no_refund} is ${status}`);
  return performance.now() - beganMs;
}

(async () => {
  process.send('loaded');
  if (Number(waitMs)) await wait(Number(waitMs));
  const first = await timed();
  const warm = [];
  while (warm.length < 5) warm.push(await timed());
  await wait(PAUSE_MS);
  process.send({ first, warm, paused: await timed() }, () => process.exit(0));
})();
