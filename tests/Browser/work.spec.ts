import { expect, test, type Page } from '@playwright/test';
import { readAccess, signInOf } from './access';

const access = readAccess();

test('an agent takes a case from the first call to the close on its page', async ({ page, request }) => {
  const opened = await request.post('/api/cases', {
    headers: { authorization: `Bearer ${access.agent}` },
    data: {
      customer: { name: 'Journey of a whole round', email: 'round@example.org', language: 'en', timeZone: 'Europe/Chisinau' },
      type: 'quality', summary: 'The drum squeaks.', channel: 'phone',
    },
  });
  const { id } = (await opened.json()) as { id: string };
  const { user, password } = signInOf(access, 'agent');
  expect((await page.request.post('/api/session', { data: { user, password } })).ok()).toBe(true);
  await page.goto(`/case/${id}`);

  const forward = page.getByRole('button', { name: /^On to/ });
  await expect(forward).toHaveAttribute('aria-disabled', 'true');
  await page.getByLabel('Listened, without interrupting').check();
  await page.getByRole('button', { name: 'Log contact' }).click();
  await page.getByRole('textbox', { name: 'What was said' }).fill('It squeaks at every turn.');
  await page.getByRole('button', { name: 'Save' }).click();
  await on(page, 'Clarify');

  await fill(page, 'Record facts', { 'What really happened': 'The belt is worn.', 'What the customer expects': 'That it is quiet.' });
  await on(page, 'Options');

  await fill(page, 'Offer a solution', { 'What we offer': 'A new belt on Friday', 'What it costs us': '12.50', Currency: 'eur' });
  // What was typed and not sent is there after a reload.
  await page.getByRole('button', { name: 'Offer a solution' }).click();
  await page.getByRole('textbox', { name: 'What we offer' }).fill('Another machine');
  await page.reload();
  await page.getByRole('button', { name: 'Offer a solution' }).click();
  await expect(page.getByRole('textbox', { name: 'What we offer' })).toHaveValue('Another machine');
  await page.getByRole('button', { name: 'Save' }).click();
  await on(page, 'Agreement');

  await page.getByRole('button', { name: 'Record agreement' }).click();
  await page.getByRole('textbox', { name: 'The customer’s yes' }).fill('Friday is fine.');
  await page.getByLabel('A new belt on Friday').check();
  await page.getByLabel('The remedy was given on the spot').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await on(page, 'Follow-through');

  await page.getByRole('button', { name: 'Close the case' }).click();
  await page.getByRole('textbox', { name: 'What was done and agreed' }).fill('The belt is new, and it is quiet.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Closed: agreed')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Reopen' })).toBeVisible();
});

async function fill(page: Page, button: string, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  for (const [label, value] of Object.entries(fields)) {
    await page.getByRole('textbox', { name: label }).fill(value);
  }
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('dialog[open]')).toHaveCount(0);
}

async function on(page: Page, stage: string): Promise<void> {
  const button = page.getByRole('button', { name: `On to ${stage}` });
  await expect(button).toHaveAttribute('aria-disabled', 'false');
  await button.click();
  await expect(page.getByText(`To do in ${stage}`)).toBeVisible();
}
