/** The child process of lambda.ts: loads a packaged handler and invokes it for every message. */
const serialized = (error) => ({
  name: error.name,
  className: error.constructor.name,
  message: error.message,
});

function load(path) {
  try {
    return require(path).handler;
  } catch (error) {
    process.send({ failed: serialized(error) }, () => process.exit(1));
  }
}

const handler = load(process.argv[2]);

process.on('message', async ({ id, event, remainingMs, requestId }) => {
  const endsAt = Date.now() + remainingMs;
  const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => endsAt - Date.now() };
  const answer = await handler(event, context).then(
    (result) => ({ result }),
    (error) => ({ error: serialized(error) }),
  );
  process.send({ id, ...(Date.now() > endsAt ? timedOut(remainingMs) : answer) });
});

/** Lambda would have ended the invocation by now. */
function timedOut(afterMs) {
  const name = 'Sandbox.Timedout';
  return { error: { name, className: name, message: `timed out after ${afterMs} ms` } };
}
if (handler) process.send({ ready: true });
