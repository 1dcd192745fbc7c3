/**
 * A container of its own: loads a bundle, and invokes it with the events that its parent sends, part by part, one after the
 * other. It answers with the CPU time of each part for one event, or for one refund where an event is about many.
 */
const before = process.cpuUsage();
const { handler } = require(require('node:path').resolve(process.argv[2]));
const cpuMs = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};
const loadMs = cpuMs(before);

async function measured(events) {
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 29_000 };
  const answers = new Set();
  let refunds = 0;
  const since = process.cpuUsage();
  for (const event of events) {
    const { statusCode, body, checked } = await handler(event, context);
    refunds += checked ?? 1;
    answers.add(
      checked === undefined ? `${statusCode} ${/"status":"\w+"/.exec(body)?.[0] ?? ''}` : `${checked}`,
    );
  }
  return { cpuMs: cpuMs(since) / refunds, answers: [...answers] };
}

async function answer(parts) {
  const measurements = {};
  for (const [part, events] of Object.entries(parts)) measurements[part] = await measured(events);
  const residentMiB = process.memoryUsage().rss / 2 ** 20;
  process.send({ loadMs, residentMiB, parts: measurements }, () => process.exit(0));
}

// Without a parent, somebody counts what the load takes, and one event if there is one.
const [event] = process.argv.slice(3);
if (process.send) process.once('message', answer);
else if (event)
  measured([JSON.parse(event)]).then(({ answers }) => process.exit(/^20[02]/.test(answers) ? 0 : 1));
else process.exit(0);
