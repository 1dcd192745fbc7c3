// For `node --import`: ends a program, and the workers that it forks, when the process that started it ends. The channel
// between the two closes even after a kill -9.
const pollMs = 250;
const stopWithinMs = 5_000;

if (process.connected) {
  // Polling, because a listener for 'disconnect' would keep a finished program alive.
  const poll = setInterval(() => {
    if (process.connected) return;
    clearInterval(poll);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), stopWithinMs).unref();
    process.kill(process.pid, 'SIGTERM');
  }, pollMs);
  poll.unref();
}
