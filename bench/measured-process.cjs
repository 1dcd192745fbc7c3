/** Loads a bundle, invokes it `count` times, one refund after the other, and prints the CPU time of each part. */
const before = process.cpuUsage();
const { handler } = require(require('node:path').resolve(process.argv[2]));
const cpuMs = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};
const loadMs = cpuMs(before);
const [prefix, count, warmUp] = process.argv.slice(3);

(async () => {
  const refund = (number) => ({
    no_refund: `${prefix}${number}`,
    money_refund: '200.10',
    no_order: '2013051500001',
  });
  const context = { getRemainingTimeInMillis: () => 29_000 };
  let firstMs;
  let warmMs;
  if (prefix) {
    const beforeFirst = process.cpuUsage();
    await handler(refund(0), context);
    firstMs = cpuMs(beforeFirst);
    for (let number = 1; number <= Number(warmUp); number += 1) await handler(refund(number), context);
    const beforeWarm = process.cpuUsage();
    for (let number = 1; number <= Number(count); number += 1) await handler(refund(`w${number}`), context);
    warmMs = cpuMs(beforeWarm) / Number(count);
  }
  console.log(JSON.stringify({ loadMs, firstMs, warmMs, residentMiB: process.memoryUsage().rss / 2 ** 20 }));
  process.exit(0);
})();
