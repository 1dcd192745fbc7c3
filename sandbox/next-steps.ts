/** What `npm start` prints after its demonstration: the console, and commands to try against the functions at `url`. */
export function nextSteps(url: string, consoleUrl: string): string {
  const refund = (number: string, path = 'refunds') =>
    `curl -s ${url}/${path} -d '{"no_refund":"${number}","money_refund":"1.00","no_order":"2013051500001"}'`;
  return `
It stays up. Go on in the browser, where every behaviour of the gateway is a button:

  ${consoleUrl}

or in another terminal:

  ${refund('my-first-refund')}
  ${refund('my-first-refund')}   # again: answered from the record
  ${refund('code-5006-1')}       # rejected
  ${refund('silent-1')}          # no answer, then a notification
  ${refund('lost-once-1')}       # request lost: the query finds no refund, and it is sent again
  curl -s ${url}/refunds/lost-once-1
  curl -s ${url}/refunds/lost-once-1/history   # what happened to it, and why
  ${refund('failed-1', 'exchange-refunds')}   # fails, and only a query reports it: no such failure is notified
  npm run -s refunds -- notifications list   # what the gateway has notified; resend sends one again
  npx serverless invoke local -f apply-refund -p events/apply-refund.json

docs/sandbox.md lists what else the gateway does at the beginning of a no_refund. Ctrl+C ends it.`;
}
