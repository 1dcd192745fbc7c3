import type { Browser, Page } from 'playwright-core';
import { Access } from '../../console/access.ts';
import { describeInBrowser, openBrowser, openPage, until, type WatchedPage } from '../support/browser.ts';
import { type ForeignPage, startForeignPage } from '../support/foreign-page.ts';
import { startToldConsole, type ToldConsole } from '../support/told-console.ts';
import { GATEWAY } from '../support/told-gateway.ts';
import { openRefund } from '../support/told-refunds.ts';

describeInBrowser('the console and other pages', () => {
  let browser: Browser;
  let sandbox: ToldConsole;
  let foreign: ForeignPage;
  const stages: ToldConsole[] = [];
  const pages: WatchedPage[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    sandbox = await startToldConsole({ 'open-1': openRefund() }, { gateway: GATEWAY });
    foreign = await startForeignPage();
  });

  beforeEach(() => {
    foreign.received.length = 0;
  });

  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.context().close()));
    await Promise.all(stages.splice(0).map((stage) => stage.stop()));
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([sandbox, foreign].map((server) => server?.stop()));
  });

  const blank = async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    pages.push(page);
    return page;
  };

  /** A console over a stage, whose link nobody has used. */
  const startStage = async () => {
    const stage = await startToldConsole({ 'open-1': openRefund() }, { access: new Access() });
    stages.push(stage);
    return { ...stage, code: stage.url.split('#key=')[1] ?? '' };
  };

  const keptKey = (page: Page) => page.evaluate<string | null>(`localStorage.getItem('console-key')`);

  const REFUSED = 'NoAccess: Open the link that the command has printed.';

  // Another port of this machine is the same site; another name isn't.
  test.each(['127.0.0.1', 'rebound.example'])('a page at %s gets nothing, and does nothing', async (name) => {
    const page = await blank();
    for (const { origin, service, url } of [sandbox, await startStage()]) {
      // The operator's own page was open in the same browser, which has its key.
      await page.goto(url);
      await page.locator('h1').waitFor();
      await page.goto('about:blank');
      await page.goto(`http://${name}:${foreign.port}/?console=${origin}`);
      await until(page, 'document.title.length > 0');
      const { form, textForm, fileForm, ...tried } = JSON.parse(await page.title());
      expect(tried).toEqual({
        ...{ exchange: 'TypeError', exchangeBlindly: 'TypeError', kept: '{}{}' },
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

  test('a page on another port gets no key, though a browser sends cookies to every port', async () => {
    const page = await blank();
    const stage = await startStage();
    // So the test would see one.
    await page.goto(`${stage.origin}/console/icon.svg`);
    await page.evaluate("document.cookie = 'seen=1; path=/'");
    await page.goto(stage.url);
    await page.locator('h1').waitFor();
    const key = await keptKey(page);
    expect(key).toMatch(/^[\w-]{32}$/);
    // As a link in the page would.
    await page.evaluate(`location.href = 'http://127.0.0.1:${foreign.port}/?console=${stage.origin}'`);
    await until(page, 'document.title.startsWith("{")');
    expect(JSON.parse(await page.title()).kept).toBe('seen=1{}{}');
    expect(foreign.received.map(({ cookie }) => cookie)).toContain('seen=1');
    const got = JSON.stringify(foreign.received);
    for (const secret of [key, stage.code, 'Bearer', 'console#']) expect(got).not.toContain(secret);
    expect(foreign.received[0]).not.toHaveProperty('referer');
  });

  test('a page elsewhere that knows the code can neither use it nor use it up', async () => {
    const page = await blank();
    const stage = await startStage();
    await page.goto(`http://127.0.0.1:${foreign.port}/?console=${stage.origin}&code=${stage.code}`);
    await until(page, 'document.title.length > 0');
    expect(JSON.parse(await page.title())).toMatchObject({
      exchange: 'TypeError',
      exchangeBlindly: 'TypeError',
    });
    await page.goto(stage.url);
    await page.locator('.filter').waitFor();
  });

  test('the code goes out of the address, and the key stays for this address and port', async () => {
    const page = await blank();
    const [stage, other] = [await startStage(), await startStage()];
    await page.goto(stage.url);
    await page.locator('.filter').waitFor();
    expect(page.url()).toBe(`${stage.origin}/console`);
    const key = (await keptKey(page)) ?? '';
    expect([await page.evaluate('document.cookie'), await page.context().cookies()]).toEqual(['', []]);
    await page.goto(`${stage.origin}/console#/refunds/open-1`);
    await page.reload();
    await page.locator('.story').waitFor();
    for (const secret of [key, stage.code]) expect(await page.content()).not.toContain(secret);
    // A second console has a key of its own; the first one's stays.
    await page.goto(other.url);
    await page.locator('.filter').waitFor();
    expect(await keptKey(page)).not.toBe(key);
    await page.goto(`${stage.origin}/console`);
    await page.locator('.filter').waitFor();
    // Under its other name, the browser hasn't the key.
    await page.goto(`${stage.origin.replace('127.0.0.1', 'localhost')}/console`);
    await page.getByText(REFUSED).waitFor();
    expect(page.troubles).toEqual([]);
  });

  test('a link works once: its own browser may open it again, and a second one is told what to do', async () => {
    const [page, second] = [await blank(), await blank()];
    const stage = await startStage();
    for (const _time of ['first', 'again']) {
      await page.goto('about:blank');
      await page.goto(stage.url);
      await page.locator('.filter').waitFor();
    }
    await second.goto(stage.url);
    await second.getByText(REFUSED).waitFor();
    expect(await second.locator('[role=alert]').innerText()).toContain('end the console and start it again');
    expect([await keptKey(second), await second.locator('.filter').count()]).toEqual([null, 0]);
    expect([page.troubles, second.troubles]).toEqual([[], []]);
  });

  test('a link that is opened where the console is already shown is used, and goes out of the address', async () => {
    const page = await blank();
    const stage = await startStage();
    await page.goto(`${stage.origin}/console`);
    await page.getByText(REFUSED).waitFor();
    await page.goto(stage.url);
    await page.locator('.filter').waitFor();
    expect(page.url()).toBe(`${stage.origin}/console`);
    expect(page.troubles).toEqual([]);
  });

  test('a browser without the key is told where it is', async () => {
    const page = await blank();
    const stage = await startStage();
    await page.goto(`${stage.origin}/console#/refunds/open-1`);
    await page.getByText(REFUSED).waitFor();
    expect(stage.service.received).toEqual([]);
    expect(page.troubles).toEqual([]);
  });
});
