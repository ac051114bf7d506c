import { expect, test, type Page } from '@playwright/test';
import { signInOf } from './access';
import { access, expectAccessible, openCase, post, signIn } from './journey';

const { user } = signInOf(access, 'supervisor');

test('a supervisor acts from the row, and a rule’s no is shown and taken back', async ({ page, request }) => {
  const name = `Acting ${Date.now()}`;
  const id = await openCase(request, name);
  await signIn(page, `/?q=${encodeURIComponent(name)}`);
  const row = page.locator(`tr[data-case="${id}"]`);
  await expect(row).toContainText(name);

  const transferred = await bytes(page, /^(?!.*\/api\/)/);
  console.log(`the board's page: ${(transferred / 1000).toFixed(1)} kB`);
  expect(transferred).toBeLessThan(80_000);
  // Another language brings its texts instead of the English ones.
  const texts = /\/(?:shared|board|pages)-[^/]*\.js$/;
  const english = await bytes(page, texts);
  let before = english;
  for (const language of ['ru', 'ro']) {
    await page.locator('.language select').selectOption(language);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    const now = await bytes(page, texts);
    expect(now).toBeGreaterThan(before);
    expect(transferred - english + now - before, language).toBeLessThan(80_000);
    before = now;
  }
  await page.locator('.language select').selectOption('en');

  // By key: the row takes the focus, T takes it over.
  await page.keyboard.press('j');
  await expect(row).toBeFocused();
  await page.keyboard.press('t');
  await expect(row.locator('.c-own')).toContainText(user);

  // By menu: what cannot be done says why.
  await row.getByRole('button', { name: `More for ${name}` }).click();
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem', { name: /Take over/ })).toContainText('It is yours already');
  await menu.getByRole('menuitem', { name: /Set heat/ }).click();
  await page.getByRole('dialog').getByText('aggressive').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Set heat' }).click();
  await expect(row).toContainText('aggressive');

  // The platform says no to what the row still showed: the sentence is the rule's, and the row is as it was.
  await page.route('**/api/cases/*/assign', (route) =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ code: 'case.merging', detail: 'The case is being merged into another.' }) }),
  );
  await row.getByRole('button', { name: `More for ${name}` }).click();
  await page.getByRole('menuitem', { name: /Hand to someone/ }).click();
  await page.getByRole('dialog').getByRole('combobox').selectOption('ana');
  await page.getByRole('button', { name: 'Hand over' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'The case is being merged into another.' })).toBeVisible();
  await expect(row.locator('.c-own')).toContainText(user);
  await page.getByRole('button', { name: 'Understood' }).click();
});

test('the board as it was is plainly the past, and leads back to live', async ({ page, request }) => {
  await openCase(request, `Past ${Date.now()}`);
  await signIn(page, '/');
  await expect(page.locator('tr[data-case]').first()).toBeVisible();
  await page.goto('/?at=2020-01-01T00:00:00Z');
  await expect(page.getByText('You are looking at')).toBeVisible();
  await expect(page.getByText('Nobody was waiting at that moment.')).toBeVisible();
  await page.keyboard.press('l');
  await expect(page).toHaveURL((url) => !url.searchParams.has('at'));
  await expect(page.locator('tr[data-case]').first()).toBeVisible();

  // A minute ago and from there on: the replay arrives at now by itself.
  await page.goto(`/?at=${new Date(Date.now() - 60_000).toISOString()}`);
  await page.getByLabel('Speed of the replay').selectOption('60');
  await page.getByRole('button', { name: 'Play from here' }).click();
  await expect(page).toHaveURL((url) => !url.searchParams.has('at'), { timeout: 30_000 });
});

test('the past is stepped through event by event, by keys and by buttons', async ({ page, request }) => {
  const name = `Stepped ${Date.now()}`;
  const id = await openCase(request, name);
  await post(request, access.agent, `/api/cases/${id}/heat`, { heat: 'aggressive', reason: 'Shouted.' });
  await signIn(page, `/?q=${encodeURIComponent(name)}`);
  const row = page.locator(`tr[data-case="${id}"]`);
  await expect(row).toContainText('aggressive');

  // Back until it was only heated, which is a few events ago: what was told to the customer came in between or after.
  await expect(async () => {
    await page.keyboard.press('[');
    await expect(row).toContainText('heated', { timeout: 1_000 });
  }).toPass({ intervals: [0], timeout: 30_000 });
  await expect(page.getByText('You are looking at')).toBeVisible();

  // The next event is the heat.
  await page.getByRole('button', { name: 'Step forward one event' }).click();
  await expect(row).toContainText('aggressive');
  await page.getByRole('button', { name: 'Step back one event' }).click();
  await expect(row).toContainText('heated');

  // As fast as a key repeats, no step is lost; after the last one it is now.
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press(']');
  }
  await expect(page).toHaveURL((url) => !url.searchParams.has('at'));
  await expect(row).toContainText('aggressive');
});

test('a view is filtered, shared by its address and kept under a name, at every width', async ({ page, request }) => {
  const name = `Viewed ${Date.now()}`;
  await openCase(request, name);
  await signIn(page, '/?heat=heated&sort=newest');
  await expect(page.getByRole('heading', { name: 'Newest first' })).toBeVisible();
  await expect(page.locator('tr[data-case]').first()).toContainText(name);
  await page.keyboard.press('f');
  await page.getByLabel('Type').selectOption('longWait');
  await expect(page).toHaveURL((url) => url.searchParams.get('type') === 'longWait' && url.searchParams.get('heat') === 'heated');
  await page.getByLabel('Name for this view').fill('Hot waits');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect(page).toHaveURL('/');
  await page.getByRole('link', { name: 'Hot waits' }).click();
  await expect(page.locator('.chips')).toContainText('Long wait');
  await page.getByRole('button', { name: 'Charts' }).click();
  await expect(page.getByText('Cases and load by level')).toBeVisible();
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await expectAccessible(page);
});

/** What was fetched so far of addresses like this, as it came over the line. */
function bytes(page: Page, of: RegExp): Promise<number> {
  return page.evaluate(
    (pattern) =>
      performance
        .getEntries()
        .filter((entry) => new RegExp(pattern).test(entry.name))
        .reduce((sum, entry) => sum + ('encodedBodySize' in entry ? Number(entry.encodedBodySize) : 0), 0),
    of.source,
  );
}
