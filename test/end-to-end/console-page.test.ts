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
  behindRefund,
  checkedRefund,
  claimedRefund,
  conflictRefund,
  deletedRefund,
  directRefund,
  failedRefund,
  HOSTILE,
  heldRefund,
  hostileRefund,
  longRefund,
  openRefund,
  paidRefund,
  rejectedRefund,
  soonCheckedRefund,
  storylessRefund,
  tamperedRefund,
  unreadableRefund,
  WAITED,
  waitedRefund,
} from '../support/told-refunds.ts';
import type { ToldRefund } from '../support/told-service.ts';

/** In the order of the list. */
const REFUNDS = {
  ...{ 'open-1': openRefund(), 'waited-1': waitedRefund(), 'direct-1': directRefund() },
  ...{ 'conflict-1': conflictRefund(), 'rejected-1': rejectedRefund(), 'long-1': longRefund() },
  ...{ 'tampered-1': tamperedRefund(), 'hostile-1': hostileRefund() },
};

/** What proves something, or doesn't. */
const PROVEN = {
  ...{ 'waited-1': waitedRefund(), 'failed-1': failedRefund(), 'claimed-1': claimedRefund() },
  ...{ 'behind-1': behindRefund(), 'tampered-1': tamperedRefund(), 'conflict-1': conflictRefund() },
  ...{ 'rejected-1': rejectedRefund(), 'paid-1': paidRefund(), 'deleted-1': deletedRefund() },
  ...{ 'unreadable-1': unreadableRefund(), 'held-1': heldRefund(), 'storyless-1': storylessRefund() },
  ...{ 'dense-1': checkedRefund('dense-1', 100), 'endless-1': checkedRefund('endless-1', 500) },
};

const NOTHING_MORE = 'Nothing more: the money is refunded.';
const ONLY_NOW = 'Only now may the money be given back another way.';
const NOT_PROVEN = 'Give no money back another way before that is cleared up.';
const NOT_CHECKED = 'not checked here: start the console with --key FILE.';

const renamed = ({ refund, entries }: ToldRefund, no_refund: string): ToldRefund => ({
  entries,
  ...(refund && { refund: { ...refund, no_refund } }),
});

describeInBrowser("the console's page", () => {
  let browser: Browser;
  let stage: ToldConsole;
  let sandbox: ToldConsole;
  let proven: ToldConsole;
  let unchecked: ToldConsole;
  const pages: WatchedPage[] = [];
  const owned: ToldConsole[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    const told = { ...REFUNDS, 'soon-1': soonCheckedRefund() };
    stage = await startToldConsole(told);
    sandbox = await startToldConsole(told, { gateway: GATEWAY });
    proven = await startToldConsole(PROVEN);
    unchecked = await startToldConsole(PROVEN, { hasKeys: false });
  });

  afterEach(async () => {
    stage.service.failure = undefined;
    sandbox.service.failure = undefined;
    for (const { service } of [stage, sandbox]) service.slowMs = 0;
    await Promise.all(owned.splice(0).map((console) => console.stop()));
    for (const page of pages.splice(0)) {
      expect(page.troubles).toEqual([]);
      await page.context().close();
    }
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([stage, sandbox, proven, unchecked].map((server) => server?.stop()));
  });

  /** A console of one test. */
  const startOwn = async (told: Readonly<Record<string, ToldRefund>>) => {
    const console = await startToldConsole(told);
    owned.push(console);
    return console;
  };

  const blank = async (options: BrowserContextOptions = {}) => {
    const page = await openPage(browser, { locale: 'en-GB', ...options });
    pages.push(page);
    return page;
  };

  const openAt = async (
    { url }: ToldConsole,
    hash: string,
    settled = '.story',
    options: BrowserContextOptions = {},
  ) => {
    const page = await blank(options);
    await page.goto(`${url}${hash}`);
    await page.locator(settled).first().waitFor();
    return page;
  };

  const open = (hash: string, settled?: string, options?: BrowserContextOptions) =>
    openAt(stage, hash, settled, options);

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

  describe('what is proven', () => {
    const STORY = '[aria-labelledby=story]';

    /** What stands above the entries of the story, and what is said to happen next. */
    const saidOf = async (console: ToldConsole, id: string) => {
      const page = await openAt(console, `#/refunds/${id}`);
      return {
        page,
        proof: (await texts(page, `${STORY} > p:first-of-type, ${STORY} > .note`)).join('\n'),
        next: (await texts(page, '.next')).join('\n'),
      };
    };

    test.each([
      ['waited-1', "✓ Every status follows from the gateway's own signatures. Messages: 2.", NOTHING_MORE],
      ['failed-1', "✓ Every status follows from the gateway's own signatures. Messages: 2.", ONLY_NOW],
      ['claimed-1', 'Not everything follows from the messages:', NOT_PROVEN],
      ['tampered-1', 'Not everything follows from the messages:', NOT_PROVEN],
      ['unreadable-1', 'entry 3 of a page lacks its at', NOT_PROVEN],
      ['behind-1', 'The story has not caught up with the record: so far it comes to PROCESSING.', NOT_PROVEN],
      ['conflict-1', 'Every signature verifies, and the messages contradict each other.', 'Ask LianLian'],
      ['rejected-1', 'no signature of the gateway proves it.', 'ask LianLian'],
      ['dense-1', 'The gateway has signed nothing about this refund so far.', 'An attempt is under way'],
      ['endless-1', 'Only the beginning of the story was checked.', 'An attempt is under way'],
    ])('of %s: %s', async (id, said, advice) => {
      const { proof, next } = await saidOf(proven, id);
      expect(proof).toContain(said);
      expect(next).toContain(advice);
      for (const other of [NOTHING_MORE, ONLY_NOW, NOT_PROVEN, NOT_CHECKED])
        expect([other, next.includes(other)]).toEqual([other, other === advice]);
      expect(proof.includes('✓')).toBe(said.startsWith('✓'));
    });

    test.each([
      ['waited-1', NOTHING_MORE],
      ['failed-1', ONLY_NOW],
      ['claimed-1', ONLY_NOW],
    ])(
      'of %s without keys, that nothing was checked is said beside what the record says',
      async (id, advice) => {
        const { proof, next } = await saidOf(unchecked, id);
        expect(proof).toContain(NOT_CHECKED);
        expect(next).toContain(advice);
        expect(next).toContain(NOT_CHECKED);
      },
    );

    test('an end of the last seconds that no message says is no advice on money, and a fault after ten seconds', async () => {
      const page = await blank();
      proven.service.refunds.set('young-1', claimedRefund(Date.now() - 4_000));
      await page.goto(`${proven.url}#/refunds/young-1`);
      await page.locator('.next', { hasText: 'Not all of the story has come yet.' }).waitFor();
      await page.locator(STORY, { hasText: 'Not all of the story has come yet.' }).waitFor();
      const said = await page.locator('main').innerText();
      for (const never of [NOTHING_MORE, ONLY_NOW, '✓']) expect(said).not.toContain(never);
      await page.locator('.next', { hasText: NOT_PROVEN }).waitFor();
      await page.locator('.note.bad', { hasText: 'Not everything follows' }).waitFor();
    });

    test('of a record without a story, no advice on money', async () => {
      const page = await openAt(proven, '#/refunds/storyless-1', '.next');
      expect(await texts(page, '.next')).toEqual([expect.stringContaining(NOT_PROVEN)]);
    });

    test('an entry without a time is shown with the others, and is not drawn', async () => {
      const { page } = await saidOf(proven, 'unreadable-1');
      expect(await texts(page, '.story > li code')).toEqual([
        'refund.created',
        'attempt.sent',
        'check.begun',
      ]);
      expect(await page.locator('.mark').count()).toBe(2);
    });
  });

  test('of a deleted record the story is shown, and that nobody must apply', async () => {
    const page = await openAt(proven, '#/refunds/deleted-1');
    expect(await texts(page, 'main > .note.bad')).toEqual([
      expect.stringMatching(/it was deleted\. Nobody must apply for this number until it is restored/),
    ]);
    expect(await texts(page, '.story .when code')).toEqual([
      ...['refund.created', 'attempt.sent', 'refund.succeeded', 'record.deleted'],
    ]);
    await page.getByText("✓ Every status follows from the gateway's own signatures. Messages: 1.").waitFor();
    expect([await page.locator('main > .head').count(), await page.locator('.next').count()]).toEqual([0, 0]);
    expect(await page.locator('[role=alert]').count()).toBe(0);
  });

  describe('what happens next', () => {
    test('of a rejection its code and what it means; without a sandbox, nothing to apply again', async () => {
      const page = await open('#/refunds/rejected-1');
      const [next = ''] = await texts(page, '.next');
      expect(next).toContain('The gateway rejected it: 5006, insufficient merchant balance.');
      expect(next).toContain('before the money goes back another way, query the gateway, and ask LianLian.');
      expect(await texts(page, '.next button')).toEqual(['Query the gateway now']);
    });

    test('of a payment after a rejection, that somebody may have paid twice', async () => {
      const page = await openAt(proven, '#/refunds/paid-1');
      expect(await texts(page, '.next')).toEqual([
        expect.stringMatching(/It had been rejected before\..* paid twice\./),
      ]);
      expect(await page.locator('.next button').count()).toBe(0);
    });

    test('of a refund that is held, that nothing is sent', async () => {
      const page = await openAt(proven, '#/refunds/held-1');
      expect(await texts(page, '.next > p:not(.at, .actions)')).toEqual([
        'Somebody holds this refund by hand: the service sends nothing until the hold ends.',
      ]);
    });

    test('of a conflict, what contradicts what, and nothing that does not', async () => {
      const page = await open('#/refunds/conflict-1');
      expect(await texts(page, '.next tbody tr')).toEqual([
        expect.stringMatching(/^status\s+SUCCEEDED\s+FAILED$/),
      ]);
    });
  });

  describe('what is pressed twice happens once', () => {
    test('a query: its button says that it is under way, and what became of it', async () => {
      const page = await open('#/refunds/open-1');
      stage.service.slowMs = 700;
      const button = page.getByRole('button', { name: 'Query the gateway now' });
      expect(await button.getAttribute('aria-disabled')).toBe('false');
      const queries = () => stage.service.received.filter((line) => line.includes('open-1?refresh'));
      const before = queries().length;
      await button.dblclick();
      expect(await button.getAttribute('aria-disabled')).toBe('true');
      expect(await texts(page, '.next [role=status]')).toEqual(['The request is on its way …']);
      await button.click({ force: true });
      await page.getByText('The gateway was queried, and its answer is in the record.').waitFor();
      expect(queries().length - before).toBe(1);
      expect(await button.getAttribute('aria-disabled')).toBe('false');
    });

    test('an application: by a button of a behaviour, and by the form', async () => {
      for (const selector of ['.behaviours button', '.apply button']) {
        const page = await openAt(sandbox, '#/apply', '.behaviours');
        sandbox.service.slowMs = 700;
        sandbox.service.applied.length = 0;
        await page.locator(selector).first().dblclick();
        expect(await page.locator(selector).first().getAttribute('aria-disabled')).toBe('true');
        // Another behaviour is another refund.
        await page.locator('.behaviours button').nth(1).click({ force: true });
        await page.waitForURL('**#/refunds/*');
        expect([selector, sandbox.service.applied.length]).toEqual([selector, 1]);
      }
    });

    test('a rejected refund is applied for again, with what makes it the same one', async () => {
      const page = await openAt(sandbox, '#/refunds/rejected-1');
      sandbox.service.slowMs = 700;
      sandbox.service.applied.length = 0;
      const button = page.getByRole('button', { name: 'Apply again, unchanged' });
      await button.dblclick();
      await until(page, 'document.querySelectorAll(".next button[aria-disabled=true]").length === 0');
      expect(sandbox.service.applied).toEqual([
        { no_refund: 'rejected-1', money_refund: '200.01', no_order: 'o-1' },
      ]);
    });

    test('what the service says against it is told, and it can be tried again', async () => {
      const page = await openAt(sandbox, '#/apply', '.behaviours');
      sandbox.service.failure = [503, { error: { name: 'ServiceUnavailable', message: 'Try again.' } }];
      await page.locator('.apply button').click();
      await page.getByText('ServiceUnavailable: Try again.').waitFor();
      sandbox.service.failure = undefined;
      expect(await page.locator('.apply button').getAttribute('aria-disabled')).toBe('false');
      await page.locator('.apply button').click();
      await page.waitForURL('**#/refunds/*');
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

    test('many marks have no numbers; the beginning and the end can be looked at, where they have them', async () => {
      const page = await openAt(proven, '#/refunds/dense-1', '.mark');
      expect(await page.locator('.mark').count()).toBeGreaterThan(80);
      expect(await page.locator('.mark text').count()).toBe(0);
      expect(await page.locator('.zoom option').allTextContents()).toEqual([
        expect.stringMatching(/^Whole time/),
        expect.stringMatching(/^The beginning: 1\d min/),
        expect.stringMatching(/^The end: 1\d min/),
      ]);
      for (const [part, number] of [
        [1, '1'],
        [2, '202'],
      ] as const) {
        await page.locator('.zoom select').selectOption({ index: part });
        await until(page, 'document.querySelectorAll(".mark").length < 40');
        expect([...(await marksOf(page)).keys()]).toContain(number);
      }
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
    await page.getByText(`The path of this refund: ${way.join(' → ')}`).waitFor();
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
        /A person must look at it: conflict\.\s+Ask LianLian which of the two messages is true/,
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

    test('say which list it is, whatever the form is set to', async () => {
      const page = await open('#/refunds?no_order=o-1', '.refunds');
      const heading = () => texts(page, 'main > h2');
      expect(await heading()).toEqual(['Refunds of the order o-1']);
      await page.getByLabel('Of a payment').check();
      expect(await heading()).toEqual(['Refunds of the order o-1']);
      for (const [query, says] of [
        ['day=20261126', 'Refunds of 2026-11-26 (UTC+8)'],
        ['day=20261126&status=FAILED', 'Refunds of 2026-11-26 (UTC+8) · FAILED'],
        ['oid_paybill=p-1', 'Refunds of the payment p-1'],
        ['open=true', 'Open refunds: the service still works on them'],
        ['attention=true', 'Refunds that a person must look at'],
      ]) {
        await page.goto(`${stage.url}#/refunds?${query}`);
        await page.locator('main > h2', { hasText: /./ }).waitFor();
        await until(page, `document.querySelector('main > h2').textContent === ${JSON.stringify(says)}`);
      }
      await page.goto(`${stage.url}#/refunds`);
      await until(
        page,
        `/^Refunds of \\d{4}-\\d\\d-\\d\\d \\(UTC\\+8\\)$/.test(document.querySelector('main > h2').textContent)`,
      );
    });

    test('are read anew as a whole: what has moved is there once, and what has gone is gone', async () => {
      const told = Object.fromEntries(
        Array.from({ length: 7 }, (_, index) => [`r-${index}`, renamed(openRefund(), `r-${index}`)]),
      );
      const own = await startOwn(told);
      const page = await openAt(own, '#/refunds?no_order=o-1', '.refunds');
      await page.getByRole('button', { name: 'Show more' }).click();
      await until(page, `document.querySelectorAll('.refunds tbody tr').length === 6`);
      const { refunds } = own.service;
      refunds.delete('r-1');
      refunds.set('r-8', renamed(waitedRefund(), 'r-8'));
      refunds.set('r-0', renamed(directRefund(), 'r-0'));
      await page.getByRole('link', { name: 'r-6' }).waitFor();
      await until(page, `document.querySelector('.refunds .status').textContent === 'SUCCEEDED'`);
      expect(await texts(page, '.refunds tbody th')).toEqual(['r-0', 'r-2', 'r-3', 'r-4', 'r-5', 'r-6']);
      expect(await page.locator('.totals').count()).toBe(0);
      refunds.delete('r-8');
      await page.locator('.totals').waitFor();
      await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' });
      expect(await texts(page, 'main h3')).toEqual(['In all (CNY)']);
    });

    test('end where the console stops reading, and say so', async () => {
      const own = await startOwn(
        Object.fromEntries(
          Array.from({ length: 61 }, (_, index) => [`r-${index}`, renamed(openRefund(), `r-${index}`)]),
        ),
      );
      const page = await openAt(own, '#/refunds?open=true', '.refunds');
      for (let count = 6; count <= 60; count += 3) {
        await page.getByRole('button', { name: 'Show more' }).click();
        await until(page, `document.querySelectorAll('.refunds tbody tr').length === ${count}`);
      }
      await page.getByText('The list goes on: the console shows its first 20 pages.').waitFor();
      expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
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
      // The page has followed: whoever goes back before that has not left.
      await page.getByRole('heading', { name: 'Refunds of the payment p-1' }).waitFor();
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
      await page.locator('.events li').first().waitFor();
      expect(await texts(page, '.events li')).toEqual([
        expect.stringContaining('收到 /refund.htm 的签名请求'),
        expect.stringContaining('记账 200.01 元，单号 2026112600000001'),
      ]);
      await page.goto(`${sandbox.url}#/refunds/conflict-1`);
      await page
        .locator('.next', { hasText: '验签通过的报文互相矛盾：请向连连确认哪一条是真的。' })
        .waitFor();
      await page.goto(`${sandbox.url}#/apply`);
      await page.getByText('每个请求都丢失：不记账，也不应答。').waitFor();
      await page.getByText('从不记账；每个请求都用返回码 5006 应答。').waitFor();
      expect(await page.locator('.behaviours').innerText()).not.toContain('NNN');
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
      for (const { service } of [stage, sandbox]) service.slowMs = 0;
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
      const ending = await startOwn({ 'open-1': openRefund() });
      const page = await blank();
      await page.goto(`${ending.url}#/refunds/open-1`);
      await page.locator('.story').waitFor();
      await ending.stop();
      await page.getByText('NoAnswer: The console has ended. Start it again.').first().waitFor();
    });

    test('a refund that is not there is told', async () => {
      const page = await open('#/refunds/nowhere', '[role=alert]');
      expect(await texts(page, '[role=alert]')).toEqual([
        'RefundNotFound: There is no refund of this number.',
      ]);
    });
  });
});
