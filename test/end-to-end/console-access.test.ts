import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import {
  axeFaults,
  describeInBrowser,
  openBrowser,
  openPage,
  overhang,
  tabTo,
  until,
  type WatchedPage,
} from '../support/browser.ts';
import { startToldConsole, type ToldConsole } from '../support/told-console.ts';
import { GATEWAY } from '../support/told-gateway.ts';
import {
  checkedRefund,
  conflictRefund,
  deletedRefund,
  longRefund,
  openRefund,
  paidRefund,
  rejectedRefund,
  tamperedRefund,
  unreadableRefund,
  waitedRefund,
} from '../support/told-refunds.ts';

const REFUNDS = {
  ...{ 'open-1': openRefund(), 'waited-1': waitedRefund(), 'conflict-1': conflictRefund() },
  ...{ 'rejected-1': rejectedRefund(), 'long-1': longRefund(), 'tampered-1': tamperedRefund() },
  ...{ 'paid-1': paidRefund(), 'deleted-1': deletedRefund(), 'unreadable-1': unreadableRefund() },
  'dense-1': checkedRefund('dense-1', 100),
};

const WIDE = { width: 1_100, height: 900 };
const PHONE = { width: 390, height: 800 };

/** Each page, and what is there once it has been read. */
const PLACES: [hash: string, settled: string][] = [
  ['#/refunds?no_order=o-1', '.refunds'],
  ['#/refunds?day=20261126&status=FAILED', '.refunds'],
  ...Object.keys(REFUNDS).map((id): [string, string] => [
    `#/refunds/${id}`,
    // Of a deleted record there is nothing to compare.
    id === 'deleted-1' ? '.story' : '.notifications',
  ]),
  ['#/refunds/nowhere', '[role=alert]'],
  ['#/apply', '.behaviours'],
];

describeInBrowser('the console, for everybody', () => {
  let browser: Browser;
  let sandbox: ToldConsole;
  const pages: WatchedPage[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    sandbox = await startToldConsole(REFUNDS, { gateway: GATEWAY });
  });

  afterEach(async () => {
    for (const page of pages.splice(0)) {
      expect(page.troubles).toEqual([]);
      await page.context().close();
    }
  });

  afterAll(async () => {
    await browser?.close();
    await sandbox?.stop();
  });

  const open = async (hash: string, settled: string, options: BrowserContextOptions = {}) => {
    const page = await openPage(browser, { locale: 'en-GB', ...options });
    pages.push(page);
    await page.goto(`${sandbox.url}${hash}`);
    await page.locator(settled).first().waitFor();
    return page;
  };

  // Each two of light and dark, wide and phone, English and Chinese meet.
  test.each([
    ['light', WIDE, 'en-GB'],
    ['dark', PHONE, 'en-GB'],
    ['light', PHONE, 'zh-CN'],
    ['dark', WIDE, 'zh-CN'],
  ] as const)(
    'axe finds nothing, and nothing hangs over: %s, %j, %s',
    async (colorScheme, viewport, locale) => {
      const page = await open('', 'h1', { colorScheme, viewport, locale });
      const found: Record<string, string[]> = {};
      for (const [hash, settled] of PLACES) {
        await page.goto(`${sandbox.url}${hash}`);
        await page.locator(settled).first().waitFor();
        await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })');
        const faults = await axeFaults(page);
        if ((await overhang(page)) > 0) faults.push('it hangs over');
        if (faults.length > 0) found[hash] = faults;
      }
      expect(found).toEqual({});
    },
  );

  test.each(['en-GB', 'zh-CN'])('on a phone, no word of an opened message is broken: %s', async (locale) => {
    const page = await open('#/refunds/waited-1', '.message', { viewport: PHONE, locale });
    await page.evaluate('document.querySelectorAll(".message").forEach((one) => { one.open = true })');
    // A signature has no words, and is broken anywhere.
    const words = await page.evaluate<[word: string, lines: number][]>(`(() => {
      const texts = document.createTreeWalker(document.querySelector('.fields'), NodeFilter.SHOW_TEXT);
      const found = [];
      while (texts.nextNode()) {
        if (texts.currentNode.parentElement.closest('.value')) continue;
        for (const match of texts.currentNode.data.matchAll(/[\\w-]+/g)) {
          const range = document.createRange();
          range.setStart(texts.currentNode, match.index);
          range.setEnd(texts.currentNode, match.index + match[0].length);
          const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
          found.push([match[0], lines.size]);
        }
      }
      return found;
    })()`);
    expect(words.length).toBeGreaterThan(10);
    expect(words.filter(([, lines]) => lines !== 1)).toEqual([]);
    // Chinese can be broken anywhere, and can't be read with a few signs a line.
    const widths = await page.evaluate<number[]>(
      '[...document.querySelectorAll(".fields tbody td:not(:last-child)")].map((cell) => cell.clientWidth)',
    );
    expect(Math.min(...widths)).toBeGreaterThan(90);
    // What is wider than the phone can be moved under it.
    const clipped = await page.evaluate(`[...document.querySelectorAll('.message *')]
      .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
      .map((one) => one.className + ' ' + getComputedStyle(one).overflowX)`);
    expect(clipped).toEqual(expect.arrayContaining(['scrolled auto']));
    expect(new Set(clipped as string[])).toEqual(new Set(['scrolled auto']));
    expect(await overhang(page)).toBe(0);
  });

  const focused = (page: Page): Promise<string> =>
    page.evaluate(
      `document.activeElement.id || document.activeElement.className || document.activeElement.tagName`,
    );

  test('the first Tab leads to the button that skips to the content', async () => {
    const page = await open('#/refunds?open=true', '.refunds');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('skip');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('MAIN');
  });

  test('by keyboard alone: choose a list, open a refund, read a message, query, have a notification sent again', async () => {
    const page = await open('#/refunds?day=20261126', '.refunds');
    await tabTo(page, 'input[name=by]');
    await page.keyboard.press('ArrowRight');
    await page.waitForURL('**#/refunds?open=true');
    await page.locator('.refunds').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL('**#/refunds?attention=true');

    await tabTo(page, '.refunds a');
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: 'open-1' }).waitFor();
    expect(await focused(page)).toBe('MAIN');

    await tabTo(page, '.next button');
    await page.keyboard.press('Enter');
    await page.getByText('The gateway was queried').waitFor();

    await tabTo(page, '.message summary');
    await page.keyboard.press('Enter');
    await page.getByText('The message to the letter').waitFor();

    await tabTo(page, '.notifications button');
    await page.keyboard.press('Enter');
    await page.getByText('The notification was sent again.').waitFor();
  });

  test('by keyboard alone: find a refund, look at a part of its time, change the language', async () => {
    const page = await open('#/refunds?open=true', '.refunds');
    await tabTo(page, '#find');
    await page.keyboard.type(' waited-1 ');
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: /^waited-1$/ }).waitFor();

    await page.locator('.zoom').waitFor();
    await tabTo(page, '.zoom select');
    await page.keyboard.press('ArrowDown');
    await until(page, 'document.querySelectorAll(".timeline .mark").length < 7');

    await page.keyboard.press('Shift+Tab');
    await tabTo(page, '.language');
    await page.keyboard.press('Enter');
    await page.locator('h2', { hasText: '时间轴' }).waitFor();
    expect(await focused(page)).toBe('language');
  });

  test('every control can be reached by Tab, and shows that it has the focus', async () => {
    const page = await open('#/refunds/waited-1', '.notifications');
    const [all, reached, unseen] = await page.evaluate<[string[], string[], string[]]>(`(() => {
      const name = (one) => one.tagName + ' ' + (one.textContent || one.name).trim().slice(0, 40);
      const all = [...document.querySelectorAll('a[href], button, input, select, summary')];
      const isSeen = (one) => one.checkVisibility();
      return [all.filter(isSeen).map(name), [], []];
    })()`);
    for (let presses = 0; presses <= all.length + 10; presses += 1) {
      await page.keyboard.press('Tab');
      const [name, outline] = await page.evaluate<[string, string]>(`(() => {
        const one = document.activeElement;
        return [one.tagName + ' ' + (one.textContent || one.name || '').trim().slice(0, 40), getComputedStyle(one).outlineStyle];
      })()`);
      if (name.startsWith('BODY')) break;
      if (outline === 'none') unseen.push(name);
      reached.push(name);
    }
    expect(all.length).toBeGreaterThan(15);
    expect(all.filter((name) => !reached.includes(name))).toEqual([]);
    expect(unseen).toEqual([]);
  });

  test('a new entry moves neither the focus nor what was opened', async () => {
    const page = await open('#/refunds/open-1', '.notifications');
    await page.locator('.message summary').first().click();
    await page.locator('.notifications summary').first().click();
    await page.locator('#record').click();
    await page.locator('.message summary').first().focus();
    const told = sandbox.service.refunds.get('open-1');
    const [, , processing] = told?.entries ?? [];
    if (!told?.refund || !processing) throw new Error('there is no such refund');
    told.entries.push({ ...processing, code: 'message.completes', at: new Date(Date.now()).toISOString() });
    told.refund.reference = 'order 4712';
    await page.locator('#entry-4').waitFor();
    await page.getByText('order 4712').first().waitFor();
    expect(await page.evaluate('document.activeElement.closest("li").id')).toBe('entry-3');
    expect(await page.evaluate('[...document.querySelectorAll("details")].map((one) => one.open)')).toEqual([
      true,
      false,
      true,
      true,
      false,
      true,
    ]);
  });
});
