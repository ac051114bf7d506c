import { expect, test, type APIRequestContext, type Page, type WebSocketRoute } from '@playwright/test';
import { readAccess, signInOf } from './access';
import { expectAccessible, expectContrast } from './journey';

const access = readAccess();

test.describe.configure({ mode: 'serial' });

// What other journeys left open would be offered first: somebody else has it.
test.beforeEach(async ({ request }) => {
  const headers = { authorization: `Bearer ${access.supervisor}` };
  const board = await request.get('/api/board?limit=500', { headers });
  const { items } = (await board.json()) as { items: { id: string; owner?: string }[] };
  const boss = signInOf(access, 'supervisor').user;
  for (const row of items.filter((each) => each.owner !== boss)) {
    expect((await request.post(`/api/cases/${row.id}/assign`, { headers, data: { agent: boss } })).ok()).toBe(true);
  }
});

test('an offer becomes a kept promise and a closed case, by keyboard alone', async ({ page, request }) => {
  await openDesk(page);
  const name = `Keys ${Date.now()}`;
  const id = await complain(request, name);
  await expect(page.getByRole('region', { name: `Offer: ${name}` })).toBeVisible();
  // An offer takes no focus, and is said once.
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  await expect(page.locator('[aria-live="assertive"]')).toContainText(`Offer: ${name}`);
  await work(page, name, async () => {});
  expect(await stageOf(request, id)).toEqual({ stage: 'closed', outcome: 'agreed', promises: ['kept'], options: 2 });
});

test('the same with the line cut twice: nothing typed is lost, nothing is done twice', async ({ page, request }) => {
  const lines: WebSocketRoute[] = [];
  await page.routeWebSocket(/hubs\/desk/, (line) => {
    line.connectToServer();
    lines.push(line);
  });
  await openDesk(page);
  const name = `Cut ${Date.now()}`;
  const id = await complain(request, name);
  await expect(page.getByRole('region', { name: `Offer: ${name}` })).toBeVisible();
  let cuts = 0;
  await work(page, name, async (send) => {
    cuts += 1;
    if (cuts === 2) {
      // The second time the platform does what it is asked, and its answer is lost.
      const lost = page.waitForEvent('requestfailed', (asked) => asked.url().endsWith('/promises'));
      await page.route(/\/promises$/, async (route) => {
        await route.fetch();
        await page.context().setOffline(true);
        await route.abort();
      }, { times: 1 });
      await send();
      await lost;
    } else {
      await page.context().setOffline(true);
      await send();
    }
    await Promise.all(lines.splice(0).map((line) => line.close()));
    await expect(page.locator('.conn[data-conn="stale"]')).toBeVisible();
    await expect(page.getByText(/^Waiting to be sent:/)).toBeVisible();
    await page.context().setOffline(false);
    await expect(page.getByText(/^Waiting to be sent:/)).toHaveCount(0, { timeout: 30_000 });
    await expect(page.locator('.conn[data-conn="live"]')).toBeVisible({ timeout: 30_000 });
  });
  expect(await stageOf(request, id)).toEqual({ stage: 'closed', outcome: 'agreed', promises: ['kept'], options: 2 });
  const history = await request.get(`/api/cases/${id}/history`, { headers: { authorization: `Bearer ${access.agent}` } });
  const kinds = ((await history.json()) as { items: { kind: string }[] }).items.map((each) => each.kind);
  expect(cuts).toBe(2);
  for (const once of ['contactLogged', 'factsRecorded', 'agreementReached', 'promiseMade', 'promiseKept', 'caseClosed']) {
    expect(kinds.filter((kind) => kind === once), once).toHaveLength(1);
  }
});

test('a no that comes late goes back to the form with what was typed', async ({ page, request }) => {
  await openDesk(page);
  const name = `Late ${Date.now()}`;
  const id = await complain(request, name);
  await expect(page.getByRole('region', { name: `Offer: ${name}` })).toBeVisible();
  await page.keyboard.press('Shift+A');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.keyboard.press('g');
  await focused(page, 'What was said');
  await page.keyboard.type('Call again at nine.');
  await page.context().setOffline(true);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText(/^Waiting to be sent:/)).toBeVisible();
  await end(request, id);
  await page.context().setOffline(false);
  await expect(page.getByText('was not taken:')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Back to the form' }).click();
  await expect(page.getByRole('textbox', { name: /^What was said/ })).toHaveValue('Call again at nine.');
  await expect(page.getByText('was not taken:')).toHaveCount(0);
});

test('what is typed survives a reload, and others see who looks and who writes', async ({ page, request, browser }) => {
  await openDesk(page);
  const name = `Drafts ${Date.now()}`;
  const id = await complain(request, name);
  await expect(page.getByRole('region', { name: `Offer: ${name}` })).toBeVisible();
  await page.keyboard.press('Shift+A');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.keyboard.press('m');
  await focused(page, 'What will happen');
  await page.keyboard.type('The belt is fitted by');
  await page.reload();
  await expect(page.getByRole('textbox', { name: /^What will happen/ })).toHaveValue('The belt is fitted by');

  const other = await browser.newContext();
  const { user, password } = signInOf(access, 'supervisor');
  const boss = await other.newPage();
  expect((await boss.request.post('/api/session', { data: { user, password } })).ok()).toBe(true);
  await boss.goto(`/case/${id}`);
  await expect(boss.locator('.viewers')).toContainText('is looking');
  await expect(page.locator('.viewers')).toContainText('is looking');
  await page.getByRole('textbox', { name: /^What will happen/ }).focus();
  await expect(boss.locator('.viewers')).toContainText('is writing');
  await other.close();
  await expect(page.locator('.viewers')).not.toContainText('is looking');
  await end(request, id);
});

test('DSK-3: an offer that nobody answers says whom it rings next, by the host’s clock', async ({ page }) => {
  const { user, password } = signInOf(access, 'agent');
  expect((await page.request.post('/api/session', { data: { user, password } })).ok()).toBe(true);
  // This machine's clock is an hour behind the host's.
  await page.clock.install({ time: new Date(Date.now() - 3_600_000) });
  await page.route('**/hubs/desk/negotiate**', (route) =>
    route.fulfill({ json: { connectionId: 'x', connectionToken: 'y', negotiateVersion: 1, availableTransports: [{ transport: 'WebSockets', transferFormats: ['Text'] }] } }));
  await page.routeWebSocket(/hubs\/desk/, (line) => {
    const end = '\x1e';
    line.onMessage((text) => {
      for (const part of String(text).split(end).filter(Boolean)) {
        const asked = JSON.parse(part) as { protocol?: string; target?: string; invocationId?: string };
        const say = (item: object): void => line.send(JSON.stringify({ type: 2, invocationId: asked.invocationId, item: { position: 7, serverTime: new Date().toISOString(), ...item } }) + end);
        if (asked.protocol !== undefined) {
          line.send(`{}${end}`);
        } else if (asked.target === 'Desk') {
          const now = Date.now();
          say({
            kind: 'snapshot', seq: 1, protocol: 1, beatMs: 60_000, cases: [], waiting: [],
            me: { id: user, name: 'Ana Rusu', team: 'front', level: 'buffer', presence: 'available', load: 0, capacity: 6, languages: [], knows: [] },
            offers: [{
              id: 'o1', caseId: 'c1', number: 7, customer: 'Marta', type: 'longWait', heat: 'heated', stage: 'contact', level: 'buffer', language: 'pl',
              offeredAt: new Date(now).toISOString(), until: new Date(now + 8_000).toISOString(), why: [{ code: 'language', text: 'speaks Polish' }], nextName: 'Mihai Ceban',
            }],
          });
          setTimeout(() => say({ kind: 'patch', seq: 2, offers: [], removes: [], upserts: [], places: [] }), 12_000);
        }
      }
    });
  });
  await page.goto('/desk');
  const offer = page.getByRole('region', { name: 'Offer: Marta' });
  await expect(offer).toContainText('Why you: speaks Polish.');
  await expect(offer).toContainText('Unanswered, it rings Mihai Ceban.');
  await expect(offer.locator('.n time')).toHaveText(/00:0[1-8]/);
  await expect(offer).toContainText('Not answered: it rings Mihai Ceban.');
  await expect(offer.getByRole('button', { name: 'Accept' })).toHaveAttribute('aria-disabled', 'true');
  await expect(offer).toHaveCount(0);
  await expect(page.getByText('Marta was not answered in time: it rings Mihai Ceban now.')).toBeVisible();
});

test('an offer is declined with a reason only, and is gone', async ({ page, request }) => {
  await openDesk(page);
  const name = `Declined ${Date.now()}`;
  const id = await complain(request, name);
  const offer = page.getByRole('region', { name: `Offer: ${name}` });
  await expect(offer.getByRole('button', { name: 'Decline' })).toHaveAttribute('aria-disabled', 'true');
  await offer.getByRole('combobox').selectOption({ index: 1 });
  await offer.getByRole('button', { name: 'Decline' }).click();
  await expect(offer).toHaveCount(0);
  await end(request, id);
});

for (const theme of ['light', 'dark'] as const) {
  test(`desk and case page have no accessibility faults, and nothing scrolls sideways (${theme})`, async ({ page, request }) => {
    test.setTimeout(240_000);
    const check = theme === 'light' ? expectAccessible : expectContrast;
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await openDesk(page);
    const name = `Everyone ${theme} ${Date.now()}`;
    const id = await complain(request, name);
    const offer = page.getByRole('region', { name: `Offer: ${name}` });
    await expect(offer).toBeVisible();
    expect(await offer.locator('.drain').evaluate((drain) => getComputedStyle(drain).transitionDuration)).toBe('0s');
    await check(page);
    await page.keyboard.press('Shift+A');
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    for (const letter of theme === 'light' ? ['g', 'm', 'd', 's', 'p', 'f', 'e'] : ['m', 's']) {
      await page.keyboard.press(letter);
      await expect(page.locator('.pane-place')).not.toBeEmpty();
      await check(page);
      await page.keyboard.press('Escape');
    }
    for (const width of theme === 'light' ? [390, 1280] : [1280]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`/desk?case=${id}&pane=promise`);
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `desk at ${width}`).toBeLessThanOrEqual(width);
      await page.goto(`/case/${id}`);
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `case at ${width}`).toBeLessThanOrEqual(width);
    }
    await check(page);
    await page.keyboard.press('m');
    await expect(page.getByRole('dialog')).toBeVisible();
    await check(page);
    await end(request, id);
  });
}

test('LNG-1: whoever chooses another language reads the desk and the board in it, and nothing of theirs in English', async ({ page, request }) => {
  await openDesk(page);
  const name = `Тамара ${Date.now()}`;
  await page.getByRole('combobox', { name: 'Language' }).selectOption('ru');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ru');
  const id = await complain(request, name, 'ru', 'Барабан скрипит.');
  await expect(page.getByRole('region', { name: `Предложение: ${name}` })).toBeVisible();
  expect(await englishOf(page)).toEqual([]);
  await page.keyboard.press('Shift+A');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/case/${id}`);
  await expect(page.getByRole('heading', { name: 'Что произошло' })).toBeVisible();
  await expect(page.getByText('Клиент подал жалобу через сайт')).toBeVisible();
  expect(await englishOf(page)).toEqual([]);
  await expectAccessible(page);
  await page.keyboard.press('m');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await englishOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.goto(`/?q=${encodeURIComponent(name)}`);
  await expect(page.locator(`tr[data-case="${id}"]`)).toContainText(name);
  expect(await englishOf(page)).toEqual([]);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await end(request, id);
});

/** What stands or is read out in Latin letters, apart from names, from what is on keys, and from what says its language itself. */
function englishOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const names = new Set(['ana', 'mihai', 'irina', 'vlad', 'escalation', 'shift', 'utc', 'gmt', 'europe', 'chisinau', 'journey', 'example', 'org', 'intake']);
    const isEnglish = (text: string): boolean => (text.match(/[a-z]{3,}/gi) ?? []).some((word) => !names.has(word.toLowerCase()));
    return [...document.body.querySelectorAll('*')]
      .filter((each) => each.checkVisibility() && each.closest('kbd, [lang]:not(html), a[href^="/case/"], .side .btn .vh, .agents .who') === null)
      .flatMap((each) => [
        ...[...each.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE).map((child) => child.textContent ?? ''),
        ...['aria-label', 'title', 'placeholder'].map((name) => each.getAttribute(name) ?? ''),
      ])
      .filter(isEnglish);
  });
}

/** From the offer to the close, keys only. `cut` is given the two sendings during which the line may break. */
async function work(page: Page, name: string, cut: (send: () => Promise<void>) => Promise<void>): Promise<void> {
  const send = (): Promise<void> => page.keyboard.press('Control+Enter');
  const next = async (words: string): Promise<void> => {
    await expect(page.getByRole('button', { name: `${words} N` })).toBeVisible();
    await page.keyboard.press('n');
  };
  const type = async (...fields: readonly string[]): Promise<void> => {
    for (const [i, text] of fields.entries()) {
      if (i > 0) {
        await page.keyboard.press('Tab');
      }
      await page.keyboard.type(text);
    }
  };

  await page.keyboard.press('Shift+A');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await next('Log contact');
  await focused(page, 'What was said');
  await type('It squeaks at every turn.');
  await sendOrCut(page, cut, send);
  await next('On to Clarify');
  await next('Record facts');
  await focused(page, 'What really happened');
  await type('The belt is worn.', 'That it is quiet.');
  await send();
  await next('On to Options');
  await next('Offer two solutions');
  await focused(page, 'Solution A');
  await type('A new belt on Friday', '', 'Another machine');
  await send();
  await next('On to Agreement');
  await next('Record agreement');
  await focused(page, 'The customer’s yes');
  await type('Friday is fine.');
  await send();
  await next('Make promise');
  await focused(page, 'What will happen');
  await type('The belt is fitted');
  await sendOrCut(page, cut, send);
  await next('On to Follow-through');
  await next('Promise kept');
  await focused(page, 'How we know');
  await type('The customer rang and said so.');
  await send();
  await next('Close the case');
  await expect(page.getByRole('combobox', { name: 'How it ends' })).toBeFocused();
  await page.keyboard.press('Tab');
  await type('The belt is new, and it is quiet.');
  await send();
  await expect(page.locator('.mine')).not.toContainText(name);
}

async function sendOrCut(page: Page, cut: (send: () => Promise<void>) => Promise<void>, send: () => Promise<void>): Promise<void> {
  let sent = false;
  await cut(async () => {
    sent = true;
    await send();
  });
  if (!sent) {
    await send();
  }
}

async function focused(page: Page, label: string): Promise<void> {
  await expect(page.getByRole('textbox', { name: new RegExp(`^${label}`) })).toBeFocused();
}

async function openDesk(page: Page): Promise<void> {
  const { user, password } = signInOf(access, 'agent');
  expect((await page.request.post('/api/session', { data: { user, password } })).ok()).toBe(true);
  await page.goto('/desk');
  await expect(page.locator('.conn[data-conn="live"]')).toBeVisible();
  await page.getByRole('combobox', { name: 'Presence' }).selectOption('available');
}

async function complain(request: APIRequestContext, name: string, language = 'en', summary = 'The drum squeaks.'): Promise<string> {
  const opened = await request.post('/api/cases', {
    headers: { authorization: `Bearer ${access.intake}` },
    data: { customer: { name, email: `journey.${name.replaceAll(/\W+/g, '')}@example.org`, language, timeZone: 'Europe/Chisinau' }, type: 'quality', summary, channel: 'web' },
  });
  expect(opened.ok()).toBe(true);
  return ((await opened.json()) as { id: string }).id;
}

/** Leaves the desk as it was: a case that nobody works on would be offered again. */
async function end(request: APIRequestContext, id: string): Promise<void> {
  const closed = await request.post(`/api/cases/${id}/close`, { headers: { authorization: `Bearer ${access.supervisor}` }, data: { outcome: 'withdrawn', summary: 'The journey is over.' } });
  expect(closed.ok(), await closed.text()).toBe(true);
}

async function stageOf(request: APIRequestContext, id: string): Promise<unknown> {
  const answer = await request.get(`/api/cases/${id}`, { headers: { authorization: `Bearer ${access.agent}` } });
  const shown = (await answer.json()) as { stage: string; outcome: string; promises: { state: string }[]; options: unknown[] };
  return { stage: shown.stage, outcome: shown.outcome, promises: shown.promises.map((each) => each.state), options: shown.options.length };
}
