import AxeBuilder from '@axe-core/playwright';
import { expect, type APIRequestContext, type Page } from '@playwright/test';
import { readAccess, signInOf } from './access';

export const access = readAccess();

/** Signs in by the page's form on the way to `next`. */
export async function signIn(page: Page, next = '/', role = 'supervisor'): Promise<void> {
  const { user, password } = signInOf(access, role);
  await page.goto(next);
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL((url) => url.pathname === new URL(next, url).pathname);
}

export interface Opening {
  readonly heat?: string;
  readonly type?: string;
  readonly summary?: string;
}

/** Opens a case as an intake does; answers its id. */
export async function openCase(request: APIRequestContext, name: string, opening: Opening = {}): Promise<string> {
  const opened = await post(request, access.intake, '/api/cases', {
    customer: { name, email: 'journey@example.org', language: 'en', timeZone: 'Europe/Chisinau' },
    type: 'longWait',
    summary: 'Waiting for the inlet kit since Monday.',
    channel: 'phone',
    heat: 'heated',
    ...opening,
  });
  return (opened as { id: string }).id;
}

let keys = 0;

/** Sends a command once, and expects that it is taken. */
export async function post(request: APIRequestContext, key: string, path: string, data: unknown): Promise<unknown> {
  const response = await request.post(path, {
    data,
    headers: { authorization: `Bearer ${key}`, 'idempotency-key': `journey-${process.pid}-${Date.now()}-${keys++}` },
  });
  expect(response.ok(), `${path}: ${response.status()} ${await response.text()}`).toBe(true);
  return response.json().catch(() => undefined);
}

export async function expectAccessible(page: Page): Promise<void> {
  await expectNone(new AxeBuilder({ page }));
}

/** The part of it that hangs on the colours. */
export async function expectContrast(page: Page): Promise<void> {
  await expectNone(new AxeBuilder({ page }).withRules(['color-contrast']));
}

async function expectNone(axe: AxeBuilder): Promise<void> {
  const { violations } = await axe.analyze();
  expect(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).slice(0, 3).join(' ')}`)).toEqual([]);
}
