import { expect, test, type Page } from '@playwright/test';
import { access, openCase, post, signIn } from './journey';

test('a supervisor sees a case rise on the board, and change, without reloading', async ({ page, request }) => {
  await signIn(page);
  await expect(page.locator('.conn[data-conn="live"]')).toBeVisible();
  const loads = await countLoads(page);

  const name = `Journey ${test.info().workerIndex}-${Date.now()}`;
  const id = await openCase(request, name);
  // The board shows a window of the most urgent cases; a search brings any case into it.
  await page.getByLabel('Search customer, number, text, owner').fill(name);
  const row = page.locator(`tr[data-case="${id}"]`);
  await expect(row).toContainText(name);
  await expect(row).toContainText('heated');
  const version = Number(await row.getAttribute('data-version'));

  await post(request, access.agent, `/api/cases/${id}/contacts`, { direction: 'toCustomer', channel: 'phone', note: 'Listened for ten minutes.' });
  await post(request, access.agent, `/api/cases/${id}/heat`, { heat: 'public', reason: 'Wrote about it.' });
  await expect(row).toContainText('public');
  await expect(row).toContainText('was heated');
  expect(Number(await row.getAttribute('data-version'))).toBeGreaterThan(version);
  expect(await loads()).toBe(0);

  const shown = await row.innerText();
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector('tr[data-case]') !== null) {
        performance.mark('rows');
        observer.disconnect();
      }
    }).observe(document, { childList: true, subtree: true });
  });
  await page.reload();
  await expect(row).toContainText('public');
  console.log(`the board's first rows: ${await page.evaluate(() => performance.getEntriesByName('rows')[0]!.startTime.toFixed(0))} ms`);
  expect(withoutTimes(await row.innerText())).toBe(withoutTimes(shown));
});

test('the case page follows its case', async ({ page, request }) => {
  const id = await openCase(request, 'Journey of one case');
  await signIn(page, `/case/${id}`);
  await expect(page.getByRole('heading', { name: 'Journey of one case' })).toBeVisible();
  await post(request, access.agent, `/api/cases/${id}/note`, { note: 'Kit 00754 has left the warehouse.' });
  await expect(page.getByText('Kit 00754 has left the warehouse.')).toBeVisible();

  await page.getByRole('button', { name: 'Log contact G' }).click();
  await page.getByLabel('What was said').fill('We agreed to talk at three.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('We agreed to talk at three.')).toBeVisible();
});

async function countLoads(page: Page): Promise<() => Promise<number>> {
  let loads = 0;
  page.on('load', () => loads++);
  return () => Promise.resolve(loads);
}

/** What a row shows apart from what time alone changes, and from what marks its last change. */
function withoutTimes(text: string): string {
  return text.replaceAll(/[+]?\d+:\d\d|\d+ (?:h|d|min|s)\b|\d+/g, '').replace(/was heated|raised/g, '').replaceAll(/\s+/g, ' ').replace(/(?:heat .*|changed|waits).*$/, '').trim();
}
