// The only file that knows the wire. docs/PROTOCOL.md says what is promised; board-messages.json, written by the host's
// own tests, keeps both sides honest.

export const PROTOCOL = 1;

export const levels = ['buffer', 'specialist', 'head', 'management'] as const;
export const heats = ['calm', 'tense', 'heated', 'aggressive', 'public'] as const;
export const stages = ['contact', 'clarify', 'options', 'agreement', 'followThrough', 'closed'] as const;

export type Level = (typeof levels)[number];
export type Heat = (typeof heats)[number];
export type Stage = (typeof stages)[number];
export type ClockKind = 'internal' | 'promise' | 'statutory';
export type ClockState = 'running' | 'paused' | 'met' | 'warned' | 'breached';

export interface Due {
  readonly kind: ClockKind;
  readonly name: string;
  readonly text?: string;
  readonly startedAt: string;
  readonly warnAt?: string;
  readonly sendBy?: string;
  readonly dueAt: string;
  readonly state: ClockState;
}

/** Leave that someone asked for and that waits to be decided. */
export interface RowApproval {
  readonly id: string;
  readonly kind: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly decideBy: string;
  readonly promise?: string;
  readonly newDueAt?: string;
  readonly amount?: { readonly amount: number; readonly currency: string };
  readonly level?: Level;
}

export interface BoardRow {
  readonly id: string;
  readonly version: number;
  readonly number: number;
  readonly customerId: string;
  readonly customer?: string;
  readonly type: string;
  readonly summary?: string;
  readonly stage: Stage;
  readonly round: number;
  readonly heat: Heat;
  readonly level: Level;
  readonly owner?: string;
  readonly claim?: { readonly amount: number; readonly currency: string };
  readonly complainedAt: string;
  readonly due?: Due;
  readonly promises: readonly { readonly id: string; readonly dueAt: string; readonly sendBy: string; readonly revision: number; readonly ask?: 'asked' | 'unanswered' }[];
  readonly escalations: readonly { readonly id: string; readonly level: Level; readonly cause: string; readonly raisedAt: string; readonly acknowledgeBy?: string }[];
  readonly callTasks: number;
  /** CASE-2: all is done that has to be before the next stage. */
  readonly ready?: boolean;
  readonly approvals?: readonly RowApproval[];
  /** DSK-2: on whose desk it rings. */
  readonly offer?: { readonly id: string; readonly agent: string; readonly name: string; readonly until: string };
  /** DSK-3: nobody is left to offer it to. */
  readonly queued?: boolean;
  /** When the platform wakes the case next; for other hosts, not for the page. */
  readonly wakeAt?: string;
}

export interface Counts {
  readonly total: number;
  readonly matched: number;
  readonly byLevel: Readonly<Record<Level, number>>;
  readonly byHeat: Readonly<Record<Heat, number>>;
  readonly byStage?: Readonly<Partial<Record<Stage, number>>>;
  /** Only types that some open case has. */
  readonly byType?: Readonly<Record<string, number>>;
  /** Cases of each team's people; absent where nobody is in a team. */
  readonly byTeam?: Readonly<Record<string, number>>;
  readonly overdue: number;
  readonly promises: number;
  readonly promisesAtRisk: number;
  readonly nextPromiseDueAt?: string;
  readonly unacknowledged: number;
  readonly approvals?: number;
  /** Open promises whose owners were asked and stayed silent. */
  readonly silent?: number;
}

interface Common {
  readonly seq: number;
  readonly position: number;
  readonly serverTime: string;
  readonly lagMs: number;
  readonly staleSince?: string;
  /** The instant in the past that a replay shows. */
  readonly at?: string;
  readonly counts: Counts;
}

export interface Snapshot extends Common {
  readonly kind: 'snapshot';
  readonly protocol: number;
  readonly beatMs: number;
  readonly rows: readonly BoardRow[];
  readonly next?: string;
}

export interface Patch extends Common {
  readonly kind: 'patch';
  readonly removes: readonly string[];
  readonly upserts: readonly BoardRow[];
  readonly places: readonly number[];
  readonly next?: string;
}

export interface Beat extends Common {
  readonly kind: 'beat';
}

export type BoardMessage = Snapshot | Patch | Beat;

/** What a viewer asks for; several values in a field are parted by commas. */
export interface BoardView {
  readonly q?: string;
  readonly level?: string;
  readonly stage?: string;
  readonly heat?: string;
  readonly type?: string;
  readonly owner?: string;
  readonly team?: string;
  readonly case?: string;
  readonly sort?: string;
  readonly limit?: number;
}

const warned = new Set<string>();

/** The message, or undefined for a kind that this page does not know: newer hosts may say more. */
export function parseMessage(data: unknown): BoardMessage | undefined {
  if (typeof data !== 'object' || data === null || !('kind' in data) || !('seq' in data) || typeof data.seq !== 'number') {
    throw new TypeError('Not a message of the board.');
  }
  switch (data.kind) {
    case 'snapshot':
    case 'patch':
    case 'beat':
      return data as BoardMessage;
    default:
      if (!warned.has(String(data.kind))) {
        warned.add(String(data.kind));
        console.warn(`Board messages of kind '${String(data.kind)}' are not known to this page and are skipped.`);
      }
      return undefined;
  }
}
