import type { Level, Heat, Stage, ClockKind, ClockState } from '../board/protocol';
import { get, isRecord, itemsOf } from '../shared/http';

/** A case as `GET /api/cases/{id}` tells it; only what this page shows. */
export interface CaseView {
  readonly id: string;
  readonly version: number;
  readonly number?: number;
  readonly stage: Stage;
  readonly round: number;
  readonly heat: Heat;
  readonly type: string;
  readonly level: Level;
  readonly owner?: string;
  readonly summary?: string;
  readonly complainedAt?: string;
  readonly customer?: { readonly name?: string; readonly email?: string; readonly phone?: string; readonly language?: string; readonly timeZone?: string };
  readonly claim?: { readonly amount: number; readonly currency: string };
  readonly clocks: readonly CaseClock[];
  readonly promises: readonly CasePromise[];
  readonly escalations: readonly CaseEscalation[];
}

export interface CaseClock {
  readonly name: string;
  readonly kind: ClockKind;
  readonly startedAt?: string;
  readonly warnAt?: string;
  readonly dueAt: string;
  readonly state: ClockState;
  readonly stoppedAt?: string;
}

export interface CasePromise {
  readonly id: string;
  readonly text?: string;
  readonly owner?: string;
  readonly madeAt?: string;
  readonly firstDueAt?: string;
  readonly dueAt: string;
  readonly sendBy?: string;
  readonly revision: number;
  readonly state: 'open' | 'explained' | 'kept' | 'withdrawn' | 'lapsed';
}

export interface CaseEscalation {
  readonly id: string;
  readonly level: Level;
  readonly cause?: string;
  readonly reason?: string;
  readonly raisedAt?: string;
  readonly acknowledgedBy?: string;
  readonly closedAt?: string;
}

export interface Happening {
  readonly version: number;
  readonly kind: string;
  readonly at: string;
  readonly by: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export async function readCase(id: string): Promise<CaseView> {
  const value = await get(`/api/cases/${encodeURIComponent(id)}`);
  if (!isRecord(value) || typeof value['stage'] !== 'string') {
    throw new TypeError('The platform answered something that is not a case.');
  }
  return { clocks: [], promises: [], escalations: [], ...value } as unknown as CaseView;
}

export async function readHistory(id: string): Promise<readonly Happening[]> {
  const items: Happening[] = [];
  let after = '';
  do {
    const page = await get(`/api/cases/${encodeURIComponent(id)}/history?limit=500${after}`);
    for (const item of itemsOf(page)) {
      if (isRecord(item) && typeof item['kind'] === 'string') {
        items.push({ ...item, data: isRecord(item['data']) ? item['data'] : {} } as unknown as Happening);
      }
    }
    const next = isRecord(page) ? page['next'] : undefined;
    after = next === undefined || next === null ? '' : `&after=${encodeURIComponent(String(next))}`;
  } while (after !== '');
  return items;
}
