/** Loads the bundle of reconciliation, and prints what one run checked, in how many seconds of time and of CPU. */
const { handler } = require(require('node:path').resolve(process.argv[2]));
const endsAtMs = Date.now() + Number(process.argv[3]);

(async () => {
  const beganMs = performance.now();
  const before = process.cpuUsage();
  const context = { getRemainingTimeInMillis: () => endsAtMs - Date.now() };
  const { checked } = await handler({}, context);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - beganMs) / 1000;
  console.log(JSON.stringify({ checked, seconds, cpuSeconds: (user + system) / 1e6 }));
  process.exit(0);
})();
