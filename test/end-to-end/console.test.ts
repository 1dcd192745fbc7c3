import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Application } from '../../client/index.ts';
import { beijingDay } from '../../console/page/format.ts';
import {
  describeInBrowser,
  openBrowser,
  openPage,
  overhang,
  showList,
  until,
  type WatchedPage,
} from '../support/browser.ts';
import { isWritingPictures, takePicture } from '../support/pictures.ts';
import { type SandboxConsole, startSandboxConsole } from '../support/sandbox-console.ts';
import { HOSTILE } from '../support/told-refunds.ts';

describeInBrowser('the console over the sandbox', () => {
  let browser: Browser;
  let it: SandboxConsole;
  const pages: WatchedPage[] = [];

  beforeAll(async () => {
    it = await startSandboxConsole();
    browser = await openBrowser();
  }, 150_000);

  afterEach(async () => {
    for (const page of pages.splice(0)) {
      expect(page.troubles).toEqual([]);
      await page.context().close();
    }
  });

  afterAll(async () => {
    await browser?.close();
    await it?.stop();
  }, 30_000);

  const open = async (hash: string, settled: string, options: BrowserContextOptions = {}) => {
    const page = await openPage(browser, { locale: 'en-GB', ...options });
    pages.push(page);
    await page.goto(`${it.url}${hash}`);
    await page.locator(settled).first().waitFor();
    // A page that is read anew forgets it.
    await page.evaluate('window.isFirst = true');
    return page;
  };

  const ofRefund = (noRefund: string) => open(`#/refunds/${noRefund}`, '[aria-labelledby=books]');

  const apply = (no_refund: string, more: Partial<Application> = {}) =>
    it.client.apply({ no_refund, money_refund: '1.00', no_order: 'o-1', ...more } as Application);

  const untilStatus = (page: Page, status: string) =>
    page.locator('.head .status', { hasText: status }).waitFor();

  const isFirst = (page: Page) => page.evaluate('window.isFirst === true');

  const made = (page: Page) =>
    page.evaluate('document.querySelectorAll("img, body script, iframe, [onerror]").length');

  const texts = (page: Page, selector: string) => page.locator(selector).allInnerTexts();

  test('a refund is applied for by the form, with hostile words, and followed to its end', async () => {
    const page = await open('#/apply', '.apply');
    await page.locator('.apply [name=no_refund]').fill('form-1');
    await page.locator('[name=money_refund]').fill('2.50');
    for (const name of ['reference', 'reason', 'requested_by'])
      await page.locator(`[name=${name}]`).fill(HOSTILE);
    await page.locator('.apply button').click();
    await page.waitForURL('**#/refunds/form-1');
    await untilStatus(page, 'SUCCEEDED');
    await page.getByText('Nothing more: the money is refunded.').waitFor();
    await page.locator('.story li', { hasText: 'refund.succeeded' }).waitFor();
    await page.getByText("Every status follows from the gateway's own signatures.").waitFor();
    expect(await page.locator('.state.on-way text').allTextContents()).toEqual(
      expect.arrayContaining(['REQUESTED', 'PROCESSING', 'SUCCEEDED']),
    );
    await page.locator('#record').click();
    expect((await page.locator('main').innerText()).split(HOSTILE).length).toBeGreaterThan(5);
    expect([await made(page), await isFirst(page)]).toEqual([0, true]);
    expect(await it.client.get('form-1')).toMatchObject({ money_refund: '2.50', reason: HOSTILE });
  });

  test('a behaviour of the gateway is triggered by its button, and both sides are shown', async () => {
    const page = await open('#/apply', '.behaviours');
    await page.locator('.behaviours button', { has: page.locator('code', { hasText: /^failed$/ }) }).click();
    await page.waitForURL('**#/refunds/failed-*');
    await untilStatus(page, 'FAILED');
    await page.locator('.mark.bad').first().waitFor();
    await until(
      page,
      'document.querySelector("[aria-labelledby=books] tbody tr").innerText.includes("✓ same")',
    );
    expect(await texts(page, '[aria-labelledby=books] tbody tr')).toEqual([
      expect.stringMatching(/^status\s+FAILED\s+FAILED\s+✓ same$/),
      expect.stringMatching(/^oid_refundno\s+\d+\s+\d+\s+✓ same$/),
      expect.stringMatching(/^money_refund\s+1.00\s+1.00\s+✓ same$/),
    ]);
    expect((await texts(page, '.events li')).length).toBeGreaterThan(3);
    expect(await isFirst(page)).toBe(true);
  });

  test('what the service says against an application is told at the form', async () => {
    await apply('taken-1');
    const page = await open('#/apply', '.apply');
    const number = page.locator('.apply [name=no_refund]');
    await number.fill('taken-1');
    await page.locator('[name=money_refund]').fill('9.00');
    await page.locator('.apply button').click();
    const alert = page.locator('[role=alert]');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/^The number belongs to another refund: (.|\n)*money_refund/);
    await page.locator('[name=money_refund]').fill('nine');
    await number.fill('not a number');
    await page.locator('.apply button').click();
    await alert.filter({ hasText: 'InvalidRequest' }).waitFor();
    expect(await texts(page, '[role=alert] li code')).toEqual(['no_refund', 'money_refund']);
  });

  test('a hostile text of the gateway stays text, and its message moves neither the focus nor what was opened', async () => {
    await apply('mute-hostile');
    const page = await ofRefund('mute-hostile');
    await page.locator('.message summary').click();
    await page.locator('.message summary').focus();
    const entry = await page.evaluate('document.activeElement.closest("li").id');
    await it.control.send({ no_refund: 'mute-hostile', changes: { sta_refund: '2', ret_msg: HOSTILE } });
    await untilStatus(page, 'SUCCEEDED');
    await until(page, 'document.querySelectorAll(".message").length === 2');
    expect(await page.evaluate('document.activeElement.closest("li").id')).toBe(entry);
    expect(await page.evaluate('[...document.querySelectorAll(".message")].map((one) => one.open)')).toEqual([
      true,
      false,
    ]);
    await page.locator('.message summary').nth(1).click();
    expect(await texts(page, '.message:nth-of-type(1)[open] td')).toContain(HOSTILE);
    expect(await texts(page, '.notifications pre')).not.toEqual([]);
    expect([await made(page), await isFirst(page)]).toEqual([0, true]);
  });

  test('the gateway is queried at once, where nothing else tells', async () => {
    await apply('mute-query');
    const page = await ofRefund('mute-query');
    await page.locator('.next time').waitFor();
    expect(await page.locator('.next .at').innerText()).toMatch(/\((in \d+ s|due now)\)$/);
    await page.getByRole('button', { name: 'Query the gateway now' }).click();
    await page.getByText('The gateway was queried, and its answer is in the record.').waitFor();
    // Of this refund only queries tell: this one, or the check that is due.
    await untilStatus(page, 'SUCCEEDED');
    await page.locator('.message summary', { hasText: 'answer to a query' }).waitFor();
  });

  test('a notification is sent again, and changes nothing', async () => {
    await apply('again-1');
    const page = await ofRefund('again-1');
    await untilStatus(page, 'SUCCEEDED');
    await until(page, 'document.querySelectorAll(".story > li").length === 4');
    await page.locator('.notifications summary', { hasText: 'acknowledged' }).waitFor();
    await page.locator('.notifications button').click();
    await page.getByText('The notification was sent again.').waitFor();
    await until(page, 'document.querySelectorAll(".notifications li").length === 2');
    expect(await page.locator('.story > li').count()).toBe(4);
    await untilStatus(page, 'SUCCEEDED');
  });

  test('two notifications that contradict each other are a conflict, which somebody has to look at', async () => {
    await apply('contradict-1');
    const page = await ofRefund('contradict-1');
    await page.locator('.next.needs', { hasText: 'conflict' }).waitFor();
    await page.locator('.story li', { hasText: 'message.conflict' }).waitFor();
    await page.goto(`${it.url}#/refunds?attention=true`);
    await page.locator('.refunds tr', { hasText: 'contradict-1' }).waitFor();
    expect(await texts(page, '.refunds .needs')).toContain('conflict');
  });

  test('lists of a day, of a status, of an order with its totals, of a payment, and of what is open', async () => {
    for (const number of ['list-1', 'list-2', 'code-5006-list'])
      await apply(number, { no_order: 'list-o', oid_paybill: 'list-p' });
    await apply('lost-list', { no_order: 'list-o' });
    const page = await open('', '.filter');
    const numbers = () => texts(page, '.refunds tbody th');
    const row = (text: string) => page.locator('.refunds tr', { hasText: text });
    await row('list-1').waitFor();

    await page.locator('[name=status]').selectOption('REJECTED');
    await showList(page, `day=${beijingDay(Date.now())}&status=REJECTED`);
    await page.waitForURL('**&status=REJECTED');
    await row('code-5006-list').waitFor();
    expect(new Set(await texts(page, '.refunds .status'))).toEqual(new Set(['REJECTED']));

    await page.getByLabel('Of an order').check();
    await page.locator('[name=no_order]').fill('list-o');
    await showList(page, 'no_order=list-o');
    await row('lost-list').waitFor();
    expect((await numbers()).sort()).toEqual(['code-5006-list', 'list-1', 'list-2', 'lost-list']);
    await until(
      page,
      '/succeeded\\s+2.00\\s+open\\s+1.00\\s+failed\\s+0.00\\s+rejected\\s+1.00/.test(document.querySelector(".totals").innerText)',
    );

    await page.getByLabel('Of a payment').check();
    await page.locator('[name=oid_paybill]').fill('list-p');
    await showList(page, 'oid_paybill=list-p');
    await page.waitForURL('**#/refunds?oid_paybill=list-p');
    await row('list-2').waitFor();
    expect((await numbers()).sort()).toEqual(['code-5006-list', 'list-1', 'list-2']);

    await page.getByLabel('Open', { exact: true }).check();
    await page.waitForURL('**#/refunds?open=true');
    await row('lost-list').waitFor();
    expect(await numbers()).not.toContain('list-1');

    await page.goto(`${it.url}#/refunds?no_order=list-o&limit=1`);
    for (let count = 1; count < 4; count += 1) {
      await until(page, `document.querySelectorAll('.refunds tbody tr').length === ${count}`);
      await page.getByRole('button', { name: 'Show more' }).click();
    }
    await until(page, `document.querySelectorAll('.refunds tbody tr').length === 4`);
    expect(new Set(await numbers()).size).toBe(4);
  });

  // 320 pixels are what a page of a wide screen has at four times its size.
  test.each([390, 320])(
    'at %d pixels nothing hangs over, with the longest numbers and words',
    async (width) => {
      const number = `unsigned-${width}`.padEnd(32, 'x');
      await apply(number, { no_order: 'o'.repeat(32), reference: 'r'.repeat(64), reason: 'r'.repeat(200) });
      const page = await open(`#/refunds/${number}`, '.zoom', { viewport: { width, height: 800 } });
      await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })');
      expect(await overhang(page)).toBe(0);
      await page.goto(`${it.url}#/refunds?no_order=${'o'.repeat(32)}`);
      await page.locator('.refunds').waitFor();
      expect(await overhang(page)).toBe(0);
    },
  );

  // `WRITE_PICTURES=1` with `-t pictures`: then no other refunds are in the list.
  if (isWritingPictures)
    test('the pictures of the documents', async () => {
      await apply('lost-once-1', { reference: 'case 4711', reason: 'the parcel never came' });
      for (const number of ['contradict-1', 'code-5006-1', 'failed-1']) await apply(number);
      const wide = { viewport: { width: 1_100, height: 900 } };
      const refund = await open('#/refunds/lost-once-1', '[aria-labelledby=books]', wide);
      await apply('lost-1');
      const phone = { viewport: { width: 390, height: 900 }, colorScheme: 'dark' } as const;
      const waiting = await open('#/refunds/lost-1', '.mark.doubt', phone);
      await waiting.locator('.next time').waitFor();
      await takePicture(waiting, 'phone', 1_050);

      await untilStatus(refund, 'SUCCEEDED');
      await refund.locator('.story li', { hasText: 'refund.succeeded' }).waitFor();
      await refund.locator('.notifications summary', { hasText: 'acknowledged' }).waitFor();
      await takePicture(refund, 'refund', 1_200);
      await refund.getByRole('button', { name: '中文' }).click();
      await refund.locator('h2', { hasText: '时间轴' }).waitFor();
      await takePicture(refund, 'chinese', 900);

      await refund.goto(`${it.url}#/refunds/contradict-1`);
      await refund.getByRole('button', { name: 'English' }).click();
      await refund.locator('.story li', { hasText: 'message.conflict' }).waitFor();
      await refund.setViewportSize({ width: 860, height: 900 });
      await takePicture(refund, 'conflict', 1_466);
      await refund.setViewportSize(wide.viewport);

      await refund.goto(`${it.url}#/refunds`);
      await refund.locator('.refunds tr', { hasText: 'conflict' }).waitFor();
      await takePicture(refund, 'list', 560);
      await refund.goto(`${it.url}#/apply`);
      await refund.locator('.behaviours').waitFor();
      await takePicture(refund, 'apply', 900);
    });
});
