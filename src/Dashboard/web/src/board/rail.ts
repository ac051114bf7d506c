import { get, isRecord, itemsOf, Problem } from '../shared/http';
import type { ByLanguage } from '../shared/policy-names.svelte';
import type { Act } from './acts';
import type { BoardRow, Counts, Level, RowApproval } from './protocol';

/** A case as the rail names it. */
export interface RailCase {
  readonly caseId: string;
  readonly number: number;
  readonly customer?: string;
  readonly owner?: string;
}

export interface RailEscalation extends RailCase {
  readonly id: string;
  readonly level: Level;
  readonly cause: string;
  readonly raisedAt: string;
  readonly acknowledgeBy?: string;
}

export interface RailApproval extends RailCase, RowApproval {}

/** PRM-3: a promise whose owner was asked and said nothing. */
export interface RailPromise extends RailCase {
  readonly id: string;
  readonly dueAt: string;
  readonly sendBy: string;
}

/** Open promises of half an hour that is to come. */
export interface Ahead {
  readonly until: string;
  readonly due: number;
  readonly atRisk: number;
}

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly nameIn?: ByLanguage;
}

/** REV-1, REV-2, REV-4: what waits of the public voice, the longest first; the counts are of everything. */
export interface Voice {
  readonly missedLooks: number;
  readonly awaitingReply: number;
  readonly staleAnswers: number;
  readonly looks: readonly { readonly place: string; readonly name: string; readonly since: string }[];
  readonly reviews: readonly { readonly id: string; readonly name: string; readonly rating?: number; readonly at: string; readonly caseId?: string; readonly number?: number }[];
  readonly answers: readonly { readonly type: string; readonly id: string; readonly question: string; readonly trueUntil: string }[];
}

/** CUS-5: a customer of whom somebody has to look whether we still have to decline to serve them. */
export interface RailDeclined {
  readonly customer: string;
  readonly name?: string;
  readonly reviewAt: string;
  /** Their latest case, beside which they are shown. */
  readonly caseId?: string;
}

/** What waits for a person, the most pressing first. */
export interface Rail {
  readonly escalations: readonly RailEscalation[];
  readonly approvals: readonly RailApproval[];
  readonly silent: readonly RailPromise[];
  readonly ahead: readonly Ahead[];
  readonly teams: readonly Team[];
  readonly voice?: Voice;
  readonly declined?: readonly RailDeclined[];
}

export type Presence = 'available' | 'busy' | 'away' | 'offline';

/** DSK-1: who takes cases, and how much they have. */
export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly team?: string;
  readonly level: Level;
  readonly presence: Presence;
  readonly load: number;
  readonly capacity: number;
  readonly offer?: { readonly caseId: string; readonly number: number; readonly until: string };
}

/** Undefined when it cannot be read now: what was shown stays. */
export async function readRail(): Promise<Rail | undefined> {
  return quietly(async () => {
    const value = await get('/api/board/rail?limit=20');
    if (!isRecord(value)) {
      return undefined;
    }
    const voice = value['voice'];
    return {
      escalations: itemsOf(value['escalations']), approvals: itemsOf(value['approvals']), silent: itemsOf(value['silent']), ahead: itemsOf(value['ahead']), teams: itemsOf(value['teams']), declined: itemsOf(value['declined']),
      ...(isRecord(voice) && { voice: { ...voice, looks: itemsOf(voice['looks']), reviews: itemsOf(voice['reviews']), answers: itemsOf(voice['answers']) } }),
    } as Rail;
  });
}

/** `GET /api/agents`; undefined when it cannot be read. */
export async function readAgents(): Promise<readonly Agent[] | undefined> {
  return quietly(async () => itemsOf(await get('/api/agents')) as readonly Agent[]);
}

/** What of the rail the rows of a window tell by themselves: for the past, and until the rail is read. */
export function railOf(rows: readonly BoardRow[]): Rail {
  const about = (row: BoardRow): RailCase => ({
    caseId: row.id, number: row.number, ...(row.customer !== undefined && { customer: row.customer }), ...(row.owner !== undefined && { owner: row.owner }),
  });
  return {
    escalations: rows
      .flatMap((row) => row.escalations.map((escalation): RailEscalation => ({ ...about(row), ...escalation })))
      .sort((a, b) => (a.acknowledgeBy ?? a.raisedAt).localeCompare(b.acknowledgeBy ?? b.raisedAt)),
    approvals: rows
      .flatMap((row) => (row.approvals ?? []).map((approval): RailApproval => ({ ...about(row), ...approval })))
      .sort((a, b) => a.decideBy.localeCompare(b.decideBy)),
    silent: rows.flatMap((row) =>
      row.promises.filter((promise) => promise.ask === 'unanswered').map((promise): RailPromise => ({ ...about(row), id: promise.id, dueAt: promise.dueAt, sendBy: promise.sendBy })),
    ),
    ahead: [],
    teams: [],
  };
}

/** The rail without what somebody here has just dealt with. */
export function withoutDone(rail: Rail, acts: readonly Act[]): Rail {
  if (acts.length === 0) {
    return rail;
  }
  const left = (line: RailEscalation | RailApproval, field: 'escalations' | 'approvals'): boolean => {
    const probe = { id: line.caseId, escalations: [line], approvals: [line] } as unknown as BoardRow;
    return acts.filter((act) => act.caseId === line.caseId).every((act) => (act.shows(probe)[field] ?? []).length > 0);
  };
  return { ...rail, escalations: rail.escalations.filter((line) => left(line, 'escalations')), approvals: rail.approvals.filter((line) => left(line, 'approvals')) };
}

/** Changes when there is something new on the rail. */
export function railKey(counts: Counts | undefined): string {
  return counts === undefined ? '' : `${counts.unacknowledged}/${counts.approvals ?? 0}/${counts.silent ?? 0}`;
}

/** Who is there first, then by how much room is left. */
export function byRoom(agents: readonly Agent[]): readonly Agent[] {
  const order: readonly Presence[] = ['available', 'busy', 'away', 'offline'];
  return [...agents].sort(
    (a, b) => order.indexOf(a.presence) - order.indexOf(b.presence) || b.capacity - b.load - (a.capacity - a.load) || a.name.localeCompare(b.name),
  );
}

async function quietly<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Problem) {
      return undefined;
    }
    throw error;
  }
}
