// The one place that calls the HTTP API.

import { refusalWords } from './refusal';
import { t } from './texts.svelte';

/** A line that died without a word answers never. */
const PATIENCE_MS = 20_000;

/** An answer that is not a success: RFC 9457, or as much of it as there was. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

export function get(path: string): Promise<unknown> {
  return send('GET', path);
}

/** Each call is a new wish, unless it comes with the key of an earlier one: then it is that wish again, and is done once. */
export function post(path: string, body: unknown, key: string = newKey()): Promise<unknown> {
  return send('POST', path, body, key);
}

/** The whole of something as it is from now on: the same again changes nothing. */
export function put(path: string, body: unknown, key: string = newKey()): Promise<unknown> {
  return send('PUT', path, body, key);
}

export function remove(path: string): Promise<unknown> {
  return send('DELETE', path);
}

async function send(method: string, path: string, body?: unknown, key?: string): Promise<unknown> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['idempotency-key'] = key ?? newKey();
    // W3C Trace Context: what a click sets off can be followed to the other screens.
    headers['traceparent'] = `00-${newKey()}-${newKey().slice(16)}-01`;
  }

  let response: Response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    throw new Problem(0, 'network', t('shared.notReached'));
  }

  const text = await response.text().catch(() => {
    throw new Problem(0, 'network', t('shared.answerLost'));
  });
  const value = parse(text);
  if (response.ok) {
    return value;
  }

  const code = isRecord(value) && typeof value['code'] === 'string' ? value['code'] : `http.${response.status}`;
  const detail = isRecord(value) && typeof value['detail'] === 'string' ? value['detail'] : t('shared.answeredStatus', { status: response.status });
  throw new Problem(response.status, code, await refusalWords(code, detail, valuesOf(value)));
}

/** What a refusal names, for its sentence in another language. */
function valuesOf(problem: unknown): Readonly<Record<string, string>> | undefined {
  return isRecord(problem) && isRecord(problem['values']) ? (problem['values'] as Readonly<Record<string, string>>) : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of a list, whether it came bare or with a cursor. */
export function itemsOf(value: unknown): readonly unknown[] {
  const items = isRecord(value) ? value['items'] : value;
  return Array.isArray(items) ? items : [];
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
