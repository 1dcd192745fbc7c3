import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser, openPage, until, type WatchedPage } from '../support/browser.ts';
import { type ForeignPage, startForeignPage } from '../support/foreign-page.ts';
import { startToldConsole, type ToldConsole } from '../support/told-console.ts';
import { GATEWAY } from '../support/told-gateway.ts';
import { openRefund } from '../support/told-refunds.ts';

const KEY = 'k'.repeat(32);

describeInBrowser('the console and other pages', () => {
  let browser: Browser;
  let sandbox: ToldConsole;
  let stage: ToldConsole;
  let foreign: ForeignPage;
  const pages: WatchedPage[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    sandbox = await startToldConsole([openRefund()], GATEWAY);
    stage = await startToldConsole([openRefund()], undefined, KEY);
    foreign = await startForeignPage();
  });

  afterEach(() => Promise.all(pages.splice(0).map((page) => page.context().close())));

  afterAll(async () => {
    await browser?.close();
    await Promise.all([sandbox, stage, foreign].map((server) => server?.stop()));
  });

  const blank = async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    pages.push(page);
    return page;
  };

  // Another port of this machine is the same site; another name isn't.
  test.each(['127.0.0.1', 'rebound.example'])('a page at %s gets nothing, and does nothing', async (name) => {
    const page = await blank();
    for (const { origin, service, url } of [sandbox, stage]) {
      // The operator's own page is open in the same browser, and has its cookie.
      await page.goto(url);
      await page.locator('h1').waitFor();
      await page.goto('about:blank');
      await page.goto(`http://${name}:${foreign.port}/?console=${origin}`);
      await until(page, 'document.title.length > 0');
      const { form, textForm, fileForm, ...tried } = JSON.parse(await page.title());
      expect(tried).toEqual({
        ...{ read: 'TypeError', readBlindly: 'TypeError', post: 'TypeError', postBlindly: 'TypeError' },
        ...{ script: 'error', style: 'error', image: 'error', frame: 'SecurityError', beacon: true },
      });
      // Whoever could frame the page could have the operator click in it.
      expect(page.frame('framed')?.url()).toBe('chrome-error://chromewebdata/');
      expect([form, textForm, fileForm]).toEqual(['sent', 'sent', 'sent']);
      // The operator's page has asked for its list, and nobody for anything else.
      expect(service.received.filter((line) => !line.startsWith('GET /refunds?day='))).toEqual([]);
    }
  });

  test('a name that was made to lead to the console gets nothing', async () => {
    const page = await blank();
    const { port } = new URL(sandbox.origin);
    const response = await page.goto(`http://rebound.example:${port}/console`);
    expect(response?.status()).toBe(403);
    expect(await page.locator('body').innerText()).toContain(
      `Open the console at ${sandbox.origin}/console.`,
    );
  });

  test('whoever opens the console from elsewhere loses sight of it', async () => {
    const page = await blank();
    await page.goto(`http://127.0.0.1:${foreign.port}/?console=http://127.0.0.1:9`);
    const opened = page.context().waitForEvent('page');
    await page.evaluate(`window.opened = open(${JSON.stringify(sandbox.url)})`);
    await (await opened).locator('h1').waitFor();
    await until(page, 'window.opened.closed');
    expect(await (await opened).evaluate('window.opener')).toBeNull();
  });

  test('the key goes out of the address into a cookie that no script can read', async () => {
    const page = await blank();
    await page.goto(stage.url);
    await page.locator('h1').waitFor();
    expect(page.url()).not.toContain(KEY);
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.goto(`${stage.origin}/console#/refunds/open-1`);
    await page.locator('.story').waitFor();
    expect(await page.content()).not.toContain(KEY);
    expect(page.troubles).toEqual([]);
  });

  test('a browser without the key is told where it is', async () => {
    const page = await blank();
    const response = await page.goto(`${stage.origin}/console`);
    expect(response?.status()).toBe(401);
    expect(await page.locator('body').innerText()).toContain('Open the link that the command has printed');
  });
});
