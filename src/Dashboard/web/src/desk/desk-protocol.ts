// The only file that knows the desk's wire. docs/PROTOCOL.md says what is promised; desk-messages.json keeps both sides honest.

import type { BoardRow, Heat, Level, Stage } from '../board/protocol';
import { isRecord } from '../shared/http';

export const DESK_PROTOCOL = 1;

export const presences = ['available', 'busy', 'away'] as const;
export type Presence = (typeof presences)[number] | 'offline';

/** The agent whose desk it is. */
export interface DeskMe {
  readonly id: string;
  readonly name: string;
  /** Without a team nothing is offered. */
  readonly team?: string | null;
  readonly level: Level;
  readonly presence: Presence;
  readonly load: number;
  readonly capacity: number;
  readonly languages: readonly string[];
  readonly knows: readonly string[];
}

/** DSK-2: a case pushed to this desk. */
export interface Offer {
  readonly id: string;
  readonly caseId: string;
  readonly number: number;
  readonly customer?: string;
  readonly type: string;
  readonly summary?: string;
  readonly heat: Heat;
  readonly stage: Stage;
  readonly level: Level;
  readonly language?: string;
  readonly offeredAt: string;
  readonly until: string;
  readonly due?: { readonly name: string; readonly kind: 'internal' | 'promise' | 'statutory'; readonly at: string };
  readonly why: readonly { readonly code: string; readonly text: string }[];
  /** Whom it rings when this desk does not answer. */
  readonly nextName?: string | null;
  /** DSK-5: whose case it was, who is away. */
  readonly insteadOf?: string;
}

/** What the platform asks of this person. */
export interface Waiting {
  readonly kind: 'explain' | 'call' | 'approval' | 'apology' | 'answer' | 'step';
  readonly caseId: string;
  readonly number: number;
  readonly customer?: string;
  readonly text: string;
  readonly until?: string;
  readonly promiseId?: string;
  readonly approvalId?: string;
  /** Since when the customer waits for it, where that is known. */
  readonly since?: string;
}

interface Common {
  readonly seq: number;
  readonly position: number;
  readonly serverTime: string;
  readonly staleSince?: string;
}

export interface DeskSnapshot extends Common {
  readonly kind: 'snapshot';
  readonly protocol: number;
  readonly beatMs: number;
  readonly me: DeskMe;
  readonly offers: readonly Offer[];
  readonly cases: readonly BoardRow[];
  readonly waiting: readonly Waiting[];
}

export interface DeskPatch extends Common {
  readonly kind: 'patch';
  readonly me?: DeskMe;
  readonly offers?: readonly Offer[];
  readonly waiting?: readonly Waiting[];
  readonly removes?: readonly string[];
  readonly upserts?: readonly BoardRow[];
  readonly places?: readonly number[];
}

export interface DeskBeat extends Common {
  readonly kind: 'beat';
}

export type DeskMessage = DeskSnapshot | DeskPatch | DeskBeat;

export interface Accepted {
  readonly accepted: boolean;
  readonly caseId?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly by?: string;
}

export interface Declined {
  readonly declined: boolean;
  readonly code?: string;
  readonly detail?: string;
}

/** What came of choosing a presence. */
export interface Chosen {
  readonly chosen: boolean;
  readonly code?: string;
  readonly detail?: string;
}

/** Someone who looks at a case. */
export interface Viewer {
  readonly id: string;
  readonly name: string;
  readonly editing: boolean;
}

/** The message, or undefined for a kind that this page does not know: newer hosts may say more. */
export function parseDeskMessage(data: unknown): DeskMessage | undefined {
  if (!isRecord(data) || typeof data['kind'] !== 'string' || typeof data['seq'] !== 'number') {
    throw new TypeError('Not a message of the desk.');
  }
  return data['kind'] === 'snapshot' || data['kind'] === 'patch' || data['kind'] === 'beat' ? (data as unknown as DeskMessage) : undefined;
}

export function parseViewers(data: unknown): readonly Viewer[] {
  return isRecord(data) && Array.isArray(data['viewers']) ? (data['viewers'] as readonly Viewer[]) : [];
}
