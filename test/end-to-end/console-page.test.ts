import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import {
  describeInBrowser,
  openBrowser,
  openPage,
  showList,
  until,
  type WatchedPage,
} from '../support/browser.ts';
import { startToldConsole, type ToldConsole } from '../support/told-console.ts';
import { GATEWAY } from '../support/told-gateway.ts';
import {
  conflictRefund,
  directRefund,
  HOSTILE,
  hostileRefund,
  longRefund,
  openRefund,
  rejectedRefund,
  soonCheckedRefund,
  tamperedRefund,
  WAITED,
  waitedRefund,
} from '../support/told-refunds.ts';

const REFUNDS = [
  ...[openRefund, waitedRefund, directRefund, conflictRefund, rejectedRefund, longRefund],
  ...[tamperedRefund, hostileRefund],
];

describeInBrowser("the console's page", () => {
  let browser: Browser;
  let stage: ToldConsole;
  let sandbox: ToldConsole;
  const pages: WatchedPage[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    const told = [...REFUNDS.map((make) => make()), soonCheckedRefund()];
    stage = await startToldConsole(told);
    sandbox = await startToldConsole(told, GATEWAY);
  });

  afterEach(async () => {
    stage.service.failure = undefined;
    for (const page of pages.splice(0)) {
      expect(page.troubles).toEqual([]);
      await page.context().close();
    }
  });

  afterAll(async () => {
    await browser?.close();
    await stage?.stop();
    await sandbox?.stop();
  });

  const blank = async (options: BrowserContextOptions = {}) => {
    const page = await openPage(browser, { locale: 'en-GB', ...options });
    pages.push(page);
    return page;
  };

  const open = async (hash: string, settled = '.story', options: BrowserContextOptions = {}) => {
    const page = await blank(options);
    await page.goto(`${stage.url}${hash}`);
    await page.locator(settled).first().waitFor();
    return page;
  };

  const texts = (page: Page, selector: string) => page.locator(selector).allInnerTexts();

  describe('hostile text is text', () => {
    const made = (page: Page) =>
      page.evaluate(
        '[...document.querySelectorAll("img, body script, iframe, [onerror]")].map((one) => one.outerHTML)',
      );

    /** How often the text stands on the page. */
    const shown = async (page: Page) => (await page.locator('body').innerText()).split(HOSTILE).length - 1;

    test('of a refund, its story, and its messages', async () => {
      const page = await open('#/refunds/hostile-1');
      await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })');
      expect(await made(page)).toEqual([]);
      expect(await shown(page)).toBeGreaterThan(20);
      expect(await page.locator('.mark').count()).toBe(4);
    });

    test('of a list, of the address, and of the search', async () => {
      const page = await open('#/refunds?open=true', '.refunds');
      await page.getByRole('button', { name: 'Show more' }).click();
      await page.getByRole('button', { name: 'Show more' }).click();
      await page.getByRole('link', { name: 'hostile-1' }).waitFor();
      expect(await made(page)).toEqual([]);
      expect(await shown(page)).toBe(3);
      await page.locator('#find').fill(HOSTILE);
      await page.locator('.find button').click();
      await page.locator('[role=alert]').waitFor();
      expect(await texts(page, 'h1')).toEqual([HOSTILE]);
      expect(await page.title()).toBe(`${HOSTILE} · LianLian refunds`);
      expect(await made(page)).toEqual([]);
    });

    test('of an error', async () => {
      stage.service.failure = [
        400,
        { error: { name: HOSTILE, message: HOSTILE, issues: [{ path: HOSTILE, message: HOSTILE }] } },
      ];
      const page = await open('#/refunds/open-1', '[role=alert]');
      expect(await shown(page)).toBe(4);
      expect(await made(page)).toEqual([]);
    });
  });

  describe('signatures', () => {
    test('of a story that follows, each message verifies', async () => {
      const page = await open('#/refunds/waited-1');
      expect(await texts(page, '.story .message summary')).toEqual([
        "The gateway's message: answer to the application ✓",
        "The gateway's message: notification ✓",
      ]);
      await page.getByText("Every status follows from the gateway's own signatures.").waitFor();
      await page.locator('.message summary').first().click();
      const rows = await texts(page, '.message[open] tbody tr');
      expect(rows.find((row) => row.startsWith('sta_refund'))).toMatch(
        /^sta_refund\s+1\s+the status: .*\s+yes$/,
      );
      expect(rows.find((row) => /^sign\s/.test(row))).toMatch(/\s+no$/);
      expect(await texts(page, '.message[open] pre')).toEqual([
        expect.stringMatching(
          /^dt_refund=20261126100000&money_refund=200.01&no_refund=waited-1&.*&sta_refund=1$/,
        ),
        expect.stringMatching(/^\{"ret_code":"0000".*"sign":"/),
      ]);
    });

    test('a message that was changed is wrong, and what does not follow is told', async () => {
      const page = await open('#/refunds/tampered-1');
      expect(await texts(page, '.story .message summary')).toEqual([
        "The gateway's message: answer to the application ✓",
        "The gateway's message: notification ✗ The signature does not verify with the gateway's key.",
      ]);
      await page.locator('.message summary').nth(1).click();
      expect(await texts(page, '.message[open] .note')).not.toEqual([]);
      await page.getByText('Not everything follows from the messages:').waitFor();
      expect((await texts(page, '.note.bad li')).length).toBeGreaterThan(0);
    });
  });

  describe('the time axis', () => {
    /** What stands in the marks of the service and the gateway, and where, pixels. */
    const marksOf = async (page: Page) => {
      const marks = await page.evaluate<[string, number][]>(
        '[...document.querySelectorAll(".mark")].map((mark) => [mark.querySelector("text:last-of-type").textContent, mark.querySelector("circle").cx.baseVal.value])',
      );
      return new Map(marks);
    };

    test('marks, statuses, ticks and waits are drawn to scale', async () => {
      const page = await open('#/refunds/waited-1', '.mark');
      const marks = await marksOf(page);
      expect([...marks.keys()]).toEqual(WAITED.map((_, index) => String(index + 1)));
      const [first = 0, last = 0] = [marks.get('1'), marks.get('7')];
      const perMs = (last - first) / (WAITED.at(-1) ?? 1);
      expect(last - first).toBeGreaterThan(900);
      // What is drawn first lies below: no line goes through a mark.
      expect(await page.locator('.mark ~ .stem, .mark .stem').count()).toBe(0);
      expect(await page.locator('.stem').getAttribute('d')).toMatch(/^(M[\d.]+ \d+V\d+){7}$/);
      for (const [index, ms] of WAITED.entries())
        expect(marks.get(String(index + 1))).toBeCloseTo(first + ms * perMs, 1);

      const bands = await page.evaluate(
        '[...document.querySelectorAll("rect.band")].map((band) => [band.x.baseVal.value, band.width.baseVal.value])',
      );
      const working = (WAITED[5] ?? 0) * perMs;
      expect(bands).toEqual([
        [expect.closeTo(first, 1), expect.closeTo(working, 1)],
        [expect.closeTo(first + working, 1), expect.closeTo(last - first - working, 1)],
        [expect.closeTo(last, 1), 2],
      ]);

      const ticks = await page.evaluate<[string, number][]>(
        '[...document.querySelectorAll(".axis g")].map((tick) => [tick.textContent, Number(/M([\\d.]+)/.exec(tick.querySelector("path").getAttribute("d"))[1])])',
      );
      expect(ticks.length).toBeGreaterThan(4);
      for (const [text, x] of ticks) {
        const minutes = text === '0' ? 0 : Number(/^\+(\d+) min$/.exec(text)?.[1]);
        expect(x).toBeCloseTo(first + minutes * 60_000 * perMs, 1);
      }
      expect(await page.locator('.waits text').allTextContents()).toEqual(['14 min 49 s', '14 min 59 s']);
    });

    test('a part is drawn to its own scale, and a mark leads to its entry', async () => {
      const page = await open('#/refunds/waited-1', '.mark');
      const options = await page.locator('.zoom option').allTextContents();
      expect(options).toEqual([
        'Whole time (30 min)',
        'Part 1: from 0, 11 s',
        'Part 2: from +14 min 59 s, 330 ms',
      ]);
      await page.locator('.zoom select').selectOption({ index: 2 });
      await until(page, 'document.querySelectorAll(".mark").length === 3');
      const marks = await marksOf(page);
      const [check = 0, resent = 0, answered = 0] = ['4', '5', '6'].map((label) => marks.get(label));
      expect((resent - check) / (answered - check)).toBeCloseTo(5 / 300, 3);
      expect(answered - check).toBeGreaterThan(800);
      await page.locator('.mark', { hasText: '6' }).locator('text').click();
      expect(await page.evaluate('document.activeElement.id')).toBe('entry-6');
    });

    test('the next check is shown at its time, beyond now, with a countdown that goes on', async () => {
      const page = await blank();
      // A browser whose clock is wrong: the server's time counts.
      await page.clock.install({ time: '2020-01-01T00:00:00Z' });
      await page.goto(`${stage.url}#/refunds/soon-1`);
      const countdown = page.locator('.next .at span');
      await countdown.waitFor();
      const before = await countdown.innerText();
      expect(before).toMatch(/^\(in (1 min( \d+ s)?|\d+ s)\)$/);
      await until(page, `document.querySelector('.next .at span').textContent !== ${JSON.stringify(before)}`);
      expect(await countdown.innerText()).toMatch(/^\(in (1 min( \d+ s)?|\d+ s)\)$/);
      const marks = await marksOf(page);
      const now = await page.evaluate<number>(
        'Number(/M([\\d.]+)/.exec(document.querySelector(".now path").getAttribute("d"))[1])',
      );
      expect(marks.get('?')).toBeGreaterThan(now);
      expect(now).toBeGreaterThan(marks.get('2') ?? 0);
      expect(await page.locator('rect.future').count()).toBe(1);
    });
  });

  test.each([
    ['waited-1', ['REQUESTED', 'PROCESSING', 'SUCCEEDED'], 2, 7],
    // A way that is not usual is drawn where a refund has taken it.
    ['direct-1', ['REQUESTED', 'SUCCEEDED'], 1, 8],
    ['rejected-1', ['REQUESTED', 'REJECTED'], 1, 7],
  ])('the way of %s through the statuses', async (id, way, taken, arrows) => {
    const page = await open(`#/refunds/${id}`);
    const onWay = await page.locator('.state.on-way text').allTextContents();
    expect([...onWay].sort()).toEqual([...way].sort());
    expect(await page.locator('.state.last text').allTextContents()).toEqual(way.slice(-1));
    expect(await page.locator('.arrow.taken').count()).toBe(taken);
    expect(await page.locator('.arrow').count()).toBe(arrows);
    await page.getByText(`The way of this refund: ${way.join(' → ')}`).waitFor();
  });

  test('of a long story the middle is folded away, and comes when it is asked for', async () => {
    const page = await open('#/refunds/long-1');
    expect(await page.locator('.story > li').count()).toBe(26);
    await page.getByRole('button', { name: 'Show 37 entries in between' }).click();
    expect(await texts(page, '.story > li .number')).toEqual(
      Array.from({ length: 62 }, (_, index) => String(index + 1)),
    );
  });

  test('what somebody has to do stands above everything else that happens next', async () => {
    const page = await open('#/refunds/conflict-1');
    expect(await texts(page, '.next')).toEqual([
      expect.stringMatching(
        /Somebody has to look at it: conflict\.\s+Ask LianLian which of the two messages is true/,
      ),
    ]);
    expect(await texts(page, '.next')).not.toEqual([expect.stringContaining('the money is refunded')]);
  });

  describe('lists', () => {
    test('go on page by page, with the totals of an order at their end', async () => {
      const page = await open('#/refunds?no_order=o-1', '.refunds');
      const numbers = () => texts(page, '.refunds tbody th');
      expect(await numbers()).toEqual(['open-1', 'waited-1', 'direct-1']);
      expect(await page.locator('.totals').count()).toBe(0);
      for (const count of [6, 9]) {
        await page.getByRole('button', { name: 'Show more' }).click();
        await until(page, `document.querySelectorAll('.refunds tbody tr').length === ${count}`);
      }
      expect((await numbers()).slice(-2)).toEqual(['hostile-1', 'soon-1']);
      expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
      expect((await texts(page, '.totals > div')).map((text) => text.replace(/\s+/g, ' '))).toEqual([
        'succeeded 3.00',
        'open 2.00',
        'failed 0.00',
        'rejected 1.00',
      ]);
    });

    test('the filter asks for what it says, and follows the address', async () => {
      const page = await open('#/refunds?no_order=o-1', '.refunds');
      expect(await page.locator('[name=no_order]').inputValue()).toBe('o-1');
      await page.getByLabel('Of a day').check();
      await page.locator('[name=day]').fill('2026-11-26');
      await page.locator('[name=status]').selectOption('FAILED');
      await showList(page, 'day=20261126&status=FAILED');
      await page.waitForURL('**#/refunds?day=20261126&status=FAILED');
      await page.getByLabel('Of a payment').check();
      await page.locator('[name=oid_paybill]').fill(' p-1 ');
      await page.keyboard.press('Enter');
      await page.waitForURL('**#/refunds?oid_paybill=p-1');
      await page.goBack();
      await until(page, 'document.querySelector("[name=status]")?.value === "FAILED"');
      expect(await page.locator('[name=day]').inputValue()).toBe('2026-11-26');
      const asked = stage.service.received.map((line) => line.split('?')[1]);
      for (const query of ['no_order=o-1', 'day=20261126&status=FAILED', 'oid_paybill=p-1'])
        expect(asked).toContain(query);
    });
  });

  describe('languages', () => {
    test('a Chinese browser begins in Chinese; the choice stays', async () => {
      const page = await open('#/refunds?open=true', '.refunds', { locale: 'zh-CN' });
      const language = () => page.evaluate('document.documentElement.lang');
      expect([await language(), await page.title(), await texts(page, 'h1')]).toEqual([
        'zh-CN',
        '连连退款',
        ['退款'],
      ]);
      await page.getByRole('button', { name: 'English' }).click();
      await until(page, 'document.documentElement.lang === "en"');
      await page.reload();
      await page.locator('h1', { hasText: 'Refunds' }).waitFor();
      expect([await language(), await page.title()]).toEqual(['en', 'LianLian refunds']);
      await page.getByRole('button', { name: '中文' }).click();
      await page.locator('h1', { hasText: '退款' }).waitFor();
    });

    test('sentences, fields and behaviours are told in Chinese, with the service’s own names', async () => {
      const page = await blank({ locale: 'zh-CN' });
      await page.goto(`${sandbox.url}#/refunds/open-1`);
      await page.locator('.message summary').click();
      expect(await texts(page, '.story li:first-child p:nth-child(2)')).toEqual([
        '退款已记录，第一次尝试开始 REQUESTED',
      ]);
      await page.getByText('退款状态：0 退款申请，1 处理中，2 成功，3 失败').waitFor();
      await page.goto(`${sandbox.url}#/apply`);
      await page.getByText('每个请求都丢失：不记账，也不应答。').waitFor();
    });
  });

  describe('troubles', () => {
    test('an error of the service is shown with what to do, and the page recovers by itself', async () => {
      const page = await blank();
      await page.clock.install();
      stage.service.failure = [403, { message: 'The security token included in the request is expired' }];
      await page.goto(`${stage.url}#/refunds/open-1`);
      const alert = page.locator('[role=alert]');
      await alert.waitFor();
      expect(await alert.innerText()).toBe(
        'ApiGatewayError: API Gateway answered 403: The security token included in the request is expired It is tried again by itself.',
      );
      stage.service.failure = undefined;
      await page.clock.fastForward(5_000);
      await page.locator('.story').waitFor();
      expect(await alert.count()).toBe(0);
      // What was read stays while the service is away.
      stage.service.failure = [404, { error: { name: 'RefundNotFound', message: 'There is none.' } }];
      await page.clock.fastForward(5_000);
      await alert.waitFor();
      expect(await page.locator('.story > li').count()).toBe(3);
    });

    test('where the console itself has ended, the page says so', async () => {
      const ending = await startToldConsole([openRefund()]);
      const page = await blank();
      await page.goto(`${ending.url}#/refunds/open-1`);
      await page.locator('.story').waitFor();
      await ending.stop();
      await page.getByText('NoAnswer: The console has ended. Start it again.').first().waitFor();
    });

    test('a refund that is not there is told', async () => {
      const page = await open('#/refunds/nowhere', '[role=alert]');
      expect(await texts(page, '[role=alert]')).toEqual([
        'RefundNotFound: There is no refund of this number. It is tried again by itself.',
      ]);
    });
  });
});
