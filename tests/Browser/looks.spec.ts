import { expect, test, type Page } from '@playwright/test';
import { expectAccessible, expectContrast, openCase, signIn } from './journey';

/** With SCREENSHOTS=FOLDER a picture of each page is kept there, to be looked at. */
const folder = process.env['SCREENSHOTS'];
const widths = [1280, 1920, 390] as const;

/** A wallboard hangs on a wall. */
const widest = [1920, 1280] as const;

const pages = [['board', '/'], ['wallboard', '/?wall=1'], ['desk', '/desk'], ['case', '/case/'], ['reviews', '/reviews'], ['past', '/?at=2020-01-01T00:00:00Z']] as const;

test(`every staff page fits, and has no accessibility faults, at ${widths.join(', ')} px`, async ({ page, request }) => {
  const id = await openCase(request, `Looked at ${Date.now()}`);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto('/sign-in');
  await expectAccessible(page);
  await signIn(page);
  for (const [name, path] of pages) {
    await page.goto(name === 'case' ? path + id : path);
    await settled(page);
    for (const width of name === 'wallboard' ? widest : widths) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} at ${width}`).toBeLessThanOrEqual(width);
      await keep(page, `${name}-${width}-light`);
    }

    // What faults there are hang on the layout: the last width and the first differ most. Desk and case have a journey of their own.
    if (name !== 'desk' && name !== 'case') {
      await expectAccessible(page);
      await page.setViewportSize({ width: 1280, height: 900 });
      await expectAccessible(page);
    }
  }
});

test('in the dark every staff page has contrast enough', async ({ page, request }) => {
  const id = await openCase(request, `Looked at ${Date.now()}`);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto('/sign-in');
  await expectContrast(page);
  await signIn(page);
  for (const [name, path] of pages) {
    await page.goto(name === 'case' ? path + id : path);
    await settled(page);
    await keep(page, `${name}-1280-dark`);
    await expectContrast(page);
  }
});

test('nothing moves by itself for whoever asked for less motion', async ({ page, request }) => {
  await openCase(request, `Still ${Date.now()}`);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await signIn(page);
  await settled(page);
  const moving = await page.evaluate(() => document.getAnimations().filter((each) => each.playState === 'running' && (each.effect?.getComputedTiming().duration ?? 0) !== 0 && Number(each.effect?.getComputedTiming().duration) > 10).length);
  expect(moving).toBe(0);
});

async function settled(page: Page): Promise<void> {
  await expect(page.locator('h1, h2, tr[data-case]').first()).toBeVisible();
  await expect(page.getByText('Loading')).toHaveCount(0);
}

async function keep(page: Page, name: string): Promise<void> {
  if (folder !== undefined) {
    await page.screenshot({ path: `${folder}/${name}.png` });
  }
}
