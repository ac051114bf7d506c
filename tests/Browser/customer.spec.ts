import { expect, test, type APIRequestContext } from '@playwright/test';
import { readAccess } from './access';
import { expectAccessible } from './journey';

const access = readAccess();

test.use({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false });

test('a customer answers a new date on a phone without script, from the link in the message', async ({ page, request }) => {
  const { id, mail } = await movedPromise(request);
  const link = /https?:\/\/\S+answer=callMe/.exec(mail)?.[0] ?? '';
  expect(link).not.toBe('');

  // A program that follows links, and the customer's own first look, answer nothing.
  await request.get(link);
  await page.goto(link);
  await expect(page.getByText('Your answer: It does not suit me, call me.')).toBeVisible();
  expect(await answerOf(request, id)).toBeUndefined();

  await page.getByRole('button', { name: 'Send this answer' }).dblclick();
  await expect(page.getByRole('status')).toContainText('A person will call you');
  await expect(page.getByText(/You answered on .*: It does not suit me, call me\./).first()).toBeVisible();
  expect(await answerOf(request, id)).toBe('callMe');
  expect(await callsOf(request, id)).toEqual(['customer.callMe']);

  await page.getByLabel('Your message').fill('Please call after six.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByRole('status')).toContainText('Thank you');

  await page.getByRole('link', { name: 'RO' }).click();
  await expect(page.getByRole('heading', { name: 'Ce v-am promis' })).toBeVisible();
});

test('at closing a customer says how it was with one tap each, without script', async ({ page, request }) => {
  const opened = (await post(request, '/api/cases', {
    customer: { name: 'Vera', email: `closed-${Date.now()}@example.org`, language: 'en', timeZone: 'Europe/Chisinau' },
    type: 'quality', summary: 'It leaked.', channel: 'phone',
  })) as { id: string };
  await post(request, `/api/cases/${opened.id}/close`, { outcome: 'withdrawn', summary: 'Mended on the spot.' });
  const { url } = (await read(request, `/api/cases/${opened.id}/links`)) as { url: string };

  await page.goto(url);
  const expected = page.getByRole('group', { name: 'How much did you expect of us?' });
  const got = page.getByRole('group', { name: 'How much did you get?' });
  await expected.getByRole('button', { name: '4 of 5' }).click();
  await expect(page.getByRole('status')).toContainText('Thank you');
  await got.getByRole('button', { name: '5 of 5' }).click();
  await expect(expected.getByRole('button', { name: '4 of 5' })).toHaveAttribute('aria-pressed', 'true');
  await expect(got.getByRole('button', { name: '5 of 5' })).toHaveAttribute('aria-pressed', 'true');
  expect(((await read(request, `/api/cases/${opened.id}`)) as { survey: unknown }).survey).toMatchObject({ expected: 4, got: 5 });

  // Whoever is not content can still go higher.
  await page.getByRole('button', { name: 'I want someone higher' }).click();
  await expect(page.getByText('You asked for someone higher. They have it.')).toBeVisible();
});

for (const theme of ['light', 'dark'] as const) {
  test(`the customer’s page has no accessibility faults and fits a phone (${theme})`, async ({ browser, request }) => {
    const { mail } = await movedPromise(request);
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: theme, javaScriptEnabled: true });
    const page = await context.newPage();
    await page.goto(/https?:\/\/\S+answer=fine/.exec(mail)?.[0] ?? '');
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await context.close();
  });
}

let keys = 0;

/** A promise that was moved once, and the message that tells the customer of it. */
async function movedPromise(request: APIRequestContext): Promise<{ id: string; mail: string }> {
  const email = `phone-${Date.now()}-${keys++}@example.org`;
  const opened = await post(request, '/api/cases', {
    customer: { name: 'Vera', email, language: 'en', timeZone: 'Europe/Chisinau' },
    type: 'brokenPromise', summary: 'It did not come.', channel: 'phone',
  });
  const id = (opened as { id: string }).id;
  await post(request, `/api/cases/${id}/promises`, { text: 'Delivered and fitted', dueAt: inHours(30) });
  await post(request, `/api/cases/${id}/promises/p1/explain`, { reason: 'The van broke down.', newDueAt: inHours(60) });
  let mail = '';
  await expect.poll(async () => {
    const outbox = (await read(request, '/api/dev/outbox')) as { items: { to: string; subject: string; body: string }[] };
    mail = outbox.items.find((each) => each.to === email && each.subject.startsWith('A new date'))?.body ?? '';
    return mail;
  }).not.toBe('');
  return { id, mail };
}

interface CaseOf {
  readonly promises: readonly { readonly moves: readonly { readonly answer?: string }[] }[];
  readonly callTasks: readonly { readonly reason: string }[];
}

async function answerOf(request: APIRequestContext, id: string): Promise<string | undefined> {
  return ((await read(request, `/api/cases/${id}`)) as CaseOf).promises[0]?.moves[0]?.answer;
}

async function callsOf(request: APIRequestContext, id: string): Promise<readonly string[]> {
  return ((await read(request, `/api/cases/${id}`)) as CaseOf).callTasks.map((task) => task.reason);
}

function inHours(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}

async function read(request: APIRequestContext, path: string): Promise<unknown> {
  const response = await request.get(path, { headers: { authorization: `Bearer ${access.agent}` } });
  expect(response.ok(), `${path}: ${response.status()}`).toBe(true);
  return response.json();
}

async function post(request: APIRequestContext, path: string, data: unknown): Promise<unknown> {
  const response = await request.post(path, {
    data,
    headers: { authorization: `Bearer ${access.agent}`, 'idempotency-key': `customer-${Date.now()}-${keys++}` },
  });
  expect(response.ok(), `${path}: ${response.status()} ${await response.text()}`).toBe(true);
  return response.json();
}
