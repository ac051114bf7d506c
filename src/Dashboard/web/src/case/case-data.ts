import type { Level, Heat, Stage, ClockKind, ClockState } from '../board/protocol';
import { get, isRecord, itemsOf } from '../shared/http';
import type { ByLanguage } from '../shared/policy-names.svelte';
import { t } from '../shared/texts.svelte';

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
  readonly pausedFor?: string;
  readonly summary?: string;
  readonly complainedAt?: string;
  readonly closedAt?: string;
  readonly outcome?: string;
  readonly product?: string;
  readonly site?: string;
  readonly customer?: { readonly id?: string; readonly name?: string; readonly email?: string; readonly phone?: string; readonly language?: string; readonly timeZone?: string };
  readonly claim?: Money;
  readonly concessions?: readonly Concession[];
  readonly gifts?: readonly CaseGift[];
  /** Who caused the conflict, where somebody of us did. */
  readonly causedBy?: string;
  readonly apology?: Apology;
  readonly previous?: string;
  readonly mergedInto?: { readonly id: string; readonly number: number };
  readonly merged?: readonly { readonly id: string; readonly number: number; readonly at: string }[];
  readonly clocks: readonly CaseClock[];
  readonly promises: readonly CasePromise[];
  readonly escalations: readonly CaseEscalation[];
  readonly approvals: readonly CaseApproval[];
  readonly callTasks: readonly CallTask[];
  /** Since when the customer's written words have had no answer. */
  readonly unansweredSince?: string;
  /** CUS-2: what the customer said of it when it was closed. */
  readonly survey?: { readonly expected?: number; readonly got?: number };
  /** What has to be done before the stage is left, in words. */
  readonly missing?: readonly string[];
  readonly options?: readonly { readonly number: number; readonly round: number; readonly text?: string; readonly cost?: Money }[];
}

export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** CLM-1: money that the customer is to have. */
export interface Concession {
  readonly id: string;
  readonly amount: Money;
  readonly state: string;
  readonly askedBy: string;
  readonly reason?: string;
  readonly refusal?: string;
}

/** CLM-4: something given for goodwill, and what came of it. */
export interface CaseGift {
  readonly id: string;
  readonly item: string;
  readonly name: string;
  readonly nameIn?: ByLanguage;
  readonly value?: Money;
  readonly state: 'taking' | 'given' | 'refused';
  readonly by: string;
  readonly at: string;
  readonly refusalDetail?: string;
  readonly accepted?: boolean;
  readonly caseClosed?: boolean;
  readonly customerStayed?: boolean;
}

/** CLM-5: an apology that is owed, or was given. */
export interface Apology {
  readonly owner?: string;
  readonly level: Level;
  readonly owedAt: string;
  readonly dueAt: string;
  readonly isOverdue?: boolean;
  readonly givenAt?: string;
  readonly givenBy?: string;
  readonly text?: string;
}

/** CLM-2: what is recommended, and why. */
export interface Remedy {
  readonly remedy: 'concede' | 'replace' | 'procedure' | 'choice';
  readonly reasons: readonly string[];
  /** The same reasons as codes, with what they name. */
  readonly because: readonly { readonly code: string; readonly values: Readonly<Record<string, string>> }[];
  readonly decidedBy?: Level;
  readonly amount?: Money;
  /** CLM-1: up to which amount each level decides, in the claim's currency; lowest first. */
  readonly limits?: readonly { readonly level: Level; readonly upTo?: number }[];
}

/** CLM-4: a gift of the catalogue, and how many are left. */
export interface CatalogueItem {
  readonly id: string;
  readonly site?: string;
  readonly name: string;
  readonly nameIn?: ByLanguage;
  readonly value?: Money;
  readonly left: number;
  readonly taken: number;
  readonly perCase: number;
}

export interface CaseClock {
  readonly name: string;
  readonly kind: ClockKind;
  readonly startedAt?: string;
  readonly warnAt?: string;
  readonly dueAt: string;
  readonly state: ClockState;
  readonly stoppedAt?: string;
  readonly pausedFor?: string;
  readonly sla?: string;
}

/** CLK-6: what adds up to a clock's due instant. */
export interface Why {
  readonly policy: string;
  readonly sla: string;
  readonly calendar: string;
  readonly timeZone: string;
  /** What people call the policy and the calendar; absent where they go by their ids. */
  readonly slaIn?: ByLanguage;
  readonly calendarIn?: ByLanguage;
  readonly counted: string;
  readonly intervals: readonly WhyInterval[];
  readonly givenBack: readonly WhyInterval[];
  readonly pauses: readonly { readonly from: string; readonly to?: string; readonly reason: string }[];
}

export interface WhyInterval {
  readonly from: string;
  readonly to: string;
  readonly counted: string;
  readonly calendar: string;
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
  readonly state: 'open' | 'explained' | 'kept' | 'withdrawn' | 'lapsed' | 'merged';
  readonly endedAt?: string;
  readonly askAt?: string;
  readonly ask?: 'ahead' | 'asked' | 'unanswered' | 'answered';
  readonly confirmedAt?: string;
  readonly moves?: readonly PromiseMove[];
}

/** One move of a promise, and what the customer says to it. */
export interface PromiseMove {
  readonly revision: number;
  readonly reason?: string;
  readonly wasDueAt: string;
  readonly dueAt: string;
  readonly at: string;
  readonly automatic: boolean;
  readonly answerBy?: string;
  readonly answer?: 'fine' | 'callMe' | 'cancel';
  readonly answeredAt?: string;
  readonly unanswered: boolean;
}

export interface CaseApproval {
  readonly id: string;
  readonly kind: string;
  readonly state: 'open' | 'approved' | 'denied' | 'dropped';
  readonly askedBy: string;
  readonly askedAt: string;
  readonly decideBy: string;
  readonly reason?: string;
  readonly promise?: string;
  readonly newDueAt?: string;
  readonly amount?: Money;
  readonly level?: Level;
  readonly decidedBy?: string;
  readonly decisionReason?: string;
}

export interface CallTask {
  readonly number: number;
  readonly promise?: string;
  readonly reason: string;
  readonly raisedAt: string;
  readonly doneAt?: string;
}

/** One message to the customer, with every instant of its life. */
export interface CaseNotice {
  readonly id: string;
  readonly kind: string;
  readonly channel: string;
  readonly state: string;
  readonly promise?: string;
  readonly revision?: number;
  readonly plannedAt: string;
  readonly sentAt?: string;
  readonly acceptedAt?: string;
  readonly failedAt?: string;
  readonly answeredAt?: string;
  readonly reason?: string;
}

export interface CaseEscalation {
  readonly id: string;
  readonly level: Level;
  readonly cause?: string;
  readonly reason?: string;
  readonly raisedAt?: string;
  readonly acknowledgedBy?: string;
  readonly acknowledgeBy?: string;
  readonly holdUntil?: string;
  readonly risenFrom?: Level;
  readonly told?: readonly { readonly person: string; readonly channel: string; readonly state: string }[];
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
    throw new TypeError(t('case.notACase'));
  }
  return { clocks: [], promises: [], escalations: [], approvals: [], callTasks: [], ...value } as unknown as CaseView;
}

export async function readNotices(id: string): Promise<readonly CaseNotice[]> {
  return itemsOf(await get(`/api/notices?case=${encodeURIComponent(id)}&limit=500`)).filter((item) => isRecord(item)) as unknown as readonly CaseNotice[];
}

export async function readWhy(id: string, clock: string): Promise<Why> {
  return (await get(`/api/cases/${encodeURIComponent(id)}/clocks/${encodeURIComponent(clock)}/why`)) as Why;
}

/** The policy's reasons to pause a case. */
export async function readPauseReasons(): Promise<readonly string[]> {
  const policy = await get('/api/policy');
  return isRecord(policy) && Array.isArray(policy['pauseReasons']) ? policy['pauseReasons'].map(String) : [];
}

export async function readRemedy(id: string): Promise<Remedy> {
  return (await get(`/api/cases/${encodeURIComponent(id)}/remedy`)) as Remedy;
}

export async function readCatalogue(site: string | undefined): Promise<readonly CatalogueItem[]> {
  return itemsOf(await get(`/api/goodwill${site === undefined ? '' : `?site=${encodeURIComponent(site)}`}`)).filter((item) => isRecord(item)) as unknown as readonly CatalogueItem[];
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
