/** A process that is measured: loads a bundle, then invokes it as often as it is told, one refund after the other. */
const before = process.cpuUsage();
const { handler } = require(require('node:path').resolve(process.argv[2]));
const cpuMs = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};
const load = cpuMs(before);
const [prefix, count, warmUp] = process.argv.slice(3);

(async () => {
  const refund = (number) => ({
    no_refund: `${prefix}${number}`,
    money_refund: '200.10',
    no_order: '2013051500001',
  });
  const context = { getRemainingTimeInMillis: () => 29_000 };
  let first;
  let warm;
  if (prefix) {
    const beforeFirst = process.cpuUsage();
    await handler(refund(0), context);
    first = cpuMs(beforeFirst);
    for (let number = 1; number <= Number(warmUp); number += 1) await handler(refund(number), context);
    const beforeWarm = process.cpuUsage();
    for (let number = 1; number <= Number(count); number += 1) await handler(refund(`w${number}`), context);
    warm = cpuMs(beforeWarm) / Number(count);
  }
  console.log(JSON.stringify({ load, first, warm, residentMiB: process.memoryUsage().rss / 2 ** 20 }));
  process.exit(0);
})();
