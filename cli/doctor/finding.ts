/** How a part of the setup was found. */
export type Verdict = 'ok' | 'warning' | 'fault';

/** What was found, and what to do about it. */
export interface Finding {
  /** The part of the setup that was looked at. */
  check: string;
  verdict: Verdict;
  what: string;
  todo?: string;
}

/** Makes findings about a part of the setup. */
export interface About {
  ok(what: string): Finding;
  warning(what: string, todo: string): Finding;
  fault(what: string, todo: string): Finding;
}

export function about(check: string): About {
  return {
    ok: (what) => ({ check, verdict: 'ok', what }),
    warning: (what, todo) => ({ check, verdict: 'warning', what, todo }),
    fault: (what, todo) => ({ check, verdict: 'fault', what, todo }),
  };
}

/** The findings, or the one that nothing is wrong. */
export function orOk(findings: Finding[], otherwise: Finding): Finding[] {
  return findings.length > 0 ? findings : [otherwise];
}

/** The doctor can't begin: there is nothing to look at, or nobody who may. */
export class CannotRun extends Error {}

/**
 * What an AWS call that failed tells. A right that is missing is the doctor's own: the functions have other rights.
 *
 * @param what was asked for, such as `the secret 'x'`
 * @param ifMissing what to do where it isn't there
 */
export function failureOf(report: About, what: string, error: unknown, ifMissing: string): Finding {
  const { name, message } = error as Error;
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation/.test(name))
    return report.warning(`Your credentials may not look at ${what}`, 'Run it with rights to read it');
  if (/NotFound|NonExistent|NotExist/.test(name)) return report.fault(`There is no ${what}`, ifMissing);
  const reason = [name, message].filter((text) => text && text !== 'Error').join(': ');
  return report.fault(
    `AWS gives no answer about ${what} (${reason})`,
    'Find out whether AWS can be reached from here',
  );
}
