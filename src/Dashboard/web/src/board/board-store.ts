import { assertNever } from '../shared/assert-never';
import type { BoardMessage, BoardRow, Counts, Heat, Level, Patch, Stage } from './protocol';

/** A view as this page holds it. The host says the order; nothing is sorted here. */
export interface Board {
  readonly seq: number;
  readonly position: number;
  readonly serverTime: number;
  readonly lagMs: number;
  readonly staleSince: number | undefined;
  readonly rows: readonly BoardRow[];
  readonly counts: Counts;
  readonly next: string | undefined;
  /** What the last change of a case was, by case. */
  readonly changes: ReadonlyMap<string, Change>;
}

/** What a case showed before its last change; only fields that changed are there. */
export interface Change {
  readonly at: number;
  readonly heat?: Heat;
  readonly level?: Level;
  readonly stage?: Stage;
  readonly owner?: string | undefined;
}

/** A message is missing: ask for a snapshot, by the same path as the first. */
export const gap = Symbol('gap');

/** The board after one more message. Pure. */
export function applyMessage(board: Board | undefined, message: BoardMessage): Board | typeof gap {
  if (message.kind === 'snapshot') {
    return { ...figures(message), rows: message.rows, next: message.next, changes: new Map() };
  }
  if (board === undefined || message.seq !== board.seq + 1) {
    return gap;
  }
  switch (message.kind) {
    case 'patch':
      return {
        ...figures(message),
        rows: patchRows(board.rows, message),
        next: message.next,
        changes: patchChanges(board, message),
      };
    case 'beat':
      return { ...board, ...figures(message) };
    default:
      return assertNever(message);
  }
}

/** A row that did not change keeps its order among its like, so the places of those that did say everything. */
export function patchRows(rows: readonly BoardRow[], patch: Pick<Patch, 'removes' | 'upserts' | 'places'>): readonly BoardRow[] {
  if (patch.removes.length === 0 && patch.upserts.length === 0) {
    return rows;
  }
  const moved = new Set([...patch.removes, ...patch.upserts.map((row) => row.id)]);
  const result = rows.filter((row) => !moved.has(row.id));
  patch.upserts.forEach((row, i) => result.splice(patch.places[i] ?? result.length, 0, row));
  return result;
}

function patchChanges(board: Board, patch: Patch): ReadonlyMap<string, Change> {
  if (patch.upserts.length === 0 && patch.removes.length === 0) {
    return board.changes;
  }
  const before = new Map(board.rows.map((row) => [row.id, row]));
  const changes = new Map(board.changes);
  patch.removes.forEach((id) => changes.delete(id));
  for (const row of patch.upserts) {
    const was = before.get(row.id);
    if (was !== undefined) {
      changes.set(row.id, {
        at: Date.parse(patch.serverTime),
        ...(was.heat !== row.heat && { heat: was.heat }),
        ...(was.level !== row.level && { level: was.level }),
        ...(was.stage !== row.stage && { stage: was.stage }),
        ...(was.owner !== row.owner && { owner: was.owner }),
      });
    }
  }
  return changes;
}

function figures(message: BoardMessage): Omit<Board, 'rows' | 'next' | 'changes'> {
  return {
    seq: message.seq,
    position: message.position,
    serverTime: Date.parse(message.serverTime),
    lagMs: message.lagMs,
    staleSince: message.staleSince === undefined ? undefined : Date.parse(message.staleSince),
    counts: message.counts,
  };
}
