import { expect, test } from '@playwright/test';
import { readAccess, signInOf } from './access';
import { expectAccessible } from './journey';

const access = readAccess();
const { user, password } = signInOf(access, 'agent');

test('a review comes in, becomes a case, and is answered in public', async ({ page, request }) => {
  const author = `Reviewer ${Date.now()}`;
  const response = await request.post('/api/reviews', {
    data: { place: 'googleMaps', rating: 1, author, text: 'Nobody came, and nobody called.', url: 'https://www.google.com/maps' },
    headers: { authorization: `Bearer ${access.intake}` },
  });
  expect(response.ok(), await response.text()).toBe(true);

  await page.goto('/reviews');
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const review = page.locator('li.review', { hasText: author });
  await expect(review).toContainText('Nobody came, and nobody called.');
  await expect(review).toContainText('1 of 5 stars');
  await review.getByText('Record the published answer').click();

  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 1280, height: 900 });

  // The case has its author for a customer; answered, the review waits no more, and stays.
  const href = await review.getByRole('link', { name: 'Case' }).getAttribute('href');
  await review.getByRole('textbox').fill('We are sorry. Ana calls you today.');
  await review.getByRole('button', { name: 'Record the answer' }).click();
  await expect(review).toHaveCount(0);
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await expect(review).toContainText(`Answered by ${user}`);
  await expect(review).toContainText('We are sorry. Ana calls you today.');
  await page.goto(href ?? '/');
  await expect(page.getByRole('heading', { level: 1, name: author })).toBeVisible();
  await expect(page.locator('main')).toContainText('Nobody came, and nobody called.');
});
