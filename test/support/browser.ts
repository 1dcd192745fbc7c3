import { existsSync, readFileSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';

const HOW_TO_INSTALL =
  `There is no Chromium at ${CHROMIUM}. On Debian or Ubuntu: apt-get install chromium. Elsewhere install Chrome or ` +
  'Chromium, and put CHROMIUM=/path/to/it before the command.';

/** Tests that need a browser. Where there is none they are skipped, with the reason; never where changes are checked. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (existsSync(CHROMIUM) || process.env.EVERY_TOOL === '1') describe(name, tests);
  else {
    process.stderr.write(`Skipped: ${name}. ${HOW_TO_INSTALL}\n`);
    describe.skip(`${name} (${HOW_TO_INSTALL})`, tests);
  }
}

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A foreign name that leads to this machine.
  '--host-resolver-rules=MAP rebound.example 127.0.0.1',
];

/** @throws Error that says how to install one, where there is none */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(HOW_TO_INSTALL);
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGUMENTS });
}

/** A page with everything that went wrong in it: dialogs, errors of its scripts, and what its policy forbade. */
export interface WatchedPage extends Page {
  troubles: string[];
}

/** Opens a page in a profile of its own. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1_100, height: 900 }, ...options });
  context.setDefaultTimeout(20_000);
  const page = Object.assign(await context.newPage(), { troubles: [] as string[] });
  page.on('dialog', (dialog) => {
    page.troubles.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on('pageerror', (error) => page.troubles.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // An answer that is an error, which the page shows.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) page.troubles.push(`console: ${message.text()}`);
  });
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
    console.error('forbidden: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))`);
  return page;
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong with a page: each rule, and the elements that break it. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(`window.axe || (() => { ${AXE} })()`);
  return page.evaluate(`axe.run({ runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'], preload: false }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      id + ' ' + target.join(' ') + ': ' + failureSummary)))`);
}

/** Pixels by which a page is wider than its window. */
export const overhang = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Shows the list that the filter describes, and waits until it has been asked for by this query: the filter follows it then. */
export async function showList(page: Page, query: string): Promise<void> {
  const answer = page.waitForResponse((response) => response.url().endsWith(`/api/refunds?${query}&pages=1`));
  await page.getByRole('button', { name: 'Show the list' }).click();
  await answer;
}

/** Waits until an expression is true in a page. It goes as a function: the page's own policy forbids texts that run later. */
export async function until(page: Page, expression: string): Promise<void> {
  await page.waitForFunction(new Function(`return ${expression}`) as () => unknown);
}

/** Presses Tab until an element that the selector matches has the focus. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`no Tab leads to ${selector}`);
}
