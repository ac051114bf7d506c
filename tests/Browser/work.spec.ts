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

  // What is required is said, what is ticked stays ticked, and the words are there.
  await expect(page.getByText('Log the contact, be it a call, a message or a visit. required')).toBeVisible();
  await expect(page.getByText('That is not how it should be.')).toBeVisible();
  await page.getByLabel('Let the customer finish, without interrupting.').check();
  await fill(page, 'Log contact', { 'What was said': 'It squeaks at every turn.' });
  await expect(page.getByLabel('Let the customer finish, without interrupting.')).toBeChecked();
  await on(page, 'Clarify');

  await fill(page, 'Record facts', { 'What really happened': 'The belt is worn.', 'What the customer expects': 'That it is quiet.' });
  await on(page, 'Options');

  // What was typed and not sent is there after a reload.
  await page.getByRole('button', { name: 'Offer two solutions N' }).click();
  await page.getByRole('textbox', { name: 'Solution A' }).fill('A new belt on Friday');
  await page.reload();
  await page.getByRole('button', { name: 'Offer two solutions N' }).click();
  await expect(page.getByRole('textbox', { name: 'Solution A' })).toHaveValue('A new belt on Friday');
  await page.getByRole('textbox', { name: 'Solution B' }).fill('Another machine');
  await page.getByRole('textbox', { name: 'What it costs us' }).first().fill('12.50 eur');
  await page.getByRole('button', { name: 'Offer both' }).click();
  await on(page, 'Agreement');

  await page.getByRole('button', { name: 'Record agreement N' }).click();
  await page.getByRole('textbox', { name: 'The customer’s yes' }).fill('Friday is fine.');
  await page.getByLabel('A new belt on Friday').check();
  await page.getByLabel('The remedy was given on the spot').check();
  await page.getByRole('button', { name: 'Record agreement Ctrl Enter' }).click();
  await on(page, 'Follow-through');

  await fill(page, 'Close the case', { 'What was done and agreed': 'The belt is new, and it is quiet.' });
  await expect(page.getByText('Closed: agreed')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Reopen' }).first()).toBeVisible();
});

test('claim, gift and apology are on the case’s page', async ({ page, request }) => {
  const { user, password } = signInOf(access, 'agent');
  const headers = { authorization: `Bearer ${access.agent}` };
  const opened = await request.post('/api/cases', {
    headers,
    data: {
      customer: { name: 'Journey of a claim', email: 'claim@example.org', language: 'ro', timeZone: 'Europe/Chisinau' },
      type: 'brokenPromise', summary: 'Two days lost.', channel: 'phone', claim: { amount: 320, currency: 'EUR' },
    },
  });
  const { id } = (await opened.json()) as { id: string };
  expect((await page.request.post('/api/session', { data: { user, password } })).ok()).toBe(true);
  await page.goto(`/case/${id}`);

  await expect(page.locator('.auth > .in-zone')).toContainText('dept head');
  await expect(page.getByText('V-am promis o zi și nu ne-am ținut de cuvânt.')).toBeVisible();
  await expect(page.getByText('We promised you a day and did not keep our word.')).toBeVisible();

  await page.getByRole('button', { name: 'Ask approval P' }).click();
  await page.getByRole('textbox', { name: 'Why this is right' }).fill('Two days of work lost.');
  await page.getByRole('button', { name: 'Ask for €320 Ctrl Enter' }).click();
  await expect(page.getByText(/^Asked\. To be decided by/)).toBeVisible();
  await page.getByRole('button', { name: 'Understood' }).click();
  await expect(page.getByText('Waits for leave')).toBeVisible();

  await page.getByRole('button', { name: 'Give a gift F' }).click();
  await page.getByRole('button', { name: 'Give Free delivery, once' }).click();
  await page.getByRole('button', { name: 'Taken' }).click();
  await expect(page.getByRole('button', { name: 'Taken' })).toHaveAttribute('aria-pressed', 'true');
});

async function fill(page: Page, button: string, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${button} [A-Z]$`) }).first().click();
  for (const [label, value] of Object.entries(fields)) {
    await page.getByRole('textbox', { name: label }).fill(value);
  }
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('dialog[open]')).toHaveCount(0);
}

async function on(page: Page, stage: string): Promise<void> {
  await page.getByRole('button', { name: `On to ${stage} N` }).click();
  await expect(page.getByText(`To do in ${stage}`)).toBeVisible();
}
