// For `node --import`: ends a program, and the workers that it forks, with the process that started it, however that
// one ended. The channel between the two closes even after a kill -9.
const lookEveryMs = 250;
const stopWithinMs = 5_000;

if (process.connected) {
  // No listener for 'disconnect': it would keep alive a program that has nothing more to do.
  const look = setInterval(() => {
    if (process.connected) return;
    clearInterval(look);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), stopWithinMs).unref();
    process.kill(process.pid, 'SIGTERM');
  }, lookEveryMs);
  look.unref();
}
