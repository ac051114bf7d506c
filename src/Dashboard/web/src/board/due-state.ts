import type { BoardRow, Due } from './protocol';

export type DueState = 'ok' | 'warn' | 'over' | 'paused';
export type Band = 'overdue' | 'quarter' | 'hour' | 'later' | 'none';

const minute = 60_000;

/** How a due instant stands now; the same rule as the host's "at risk" for promises. */
export function dueState(due: Due, now: number): DueState {
  const dueAt = Date.parse(due.dueAt);
  return (
    due.state === 'paused' ? 'paused'
    : now >= dueAt ? 'over'
    : now >= warnAt(due) ? 'warn'
    : 'ok'
  );
}

/** From when on it is close: as its clock says, else half an hour before, or when the customer would have to be told. */
export function warnAt(due: Due): number {
  const dueAt = Date.parse(due.dueAt);
  if (due.warnAt !== undefined) {
    return Date.parse(due.warnAt);
  }
  return due.kind === 'promise' ?
      Math.min(dueAt - 30 * minute, due.sendBy === undefined ? dueAt : Date.parse(due.sendBy))
    : Date.parse(due.startedAt) + 0.75 * (dueAt - Date.parse(due.startedAt));
}

export interface FuseShares {
  readonly used: number;
  readonly tick: number;
  readonly told: number | undefined;
}

/** The fuse: which share of the time is used, where the warning starts, where the customer will be told. */
export function fuseShares(due: Due, now: number): FuseShares {
  const start = Date.parse(due.startedAt);
  const length = Math.max(1, Date.parse(due.dueAt) - start);
  const share = (at: number): number => Math.min(1, Math.max(0, (at - start) / length));
  return {
    used: share(now),
    tick: share(warnAt(due)),
    told: due.kind === 'promise' && due.sendBy !== undefined ? share(Date.parse(due.sendBy)) : undefined,
  };
}

export function bandOf(row: BoardRow, now: number): Band {
  if (row.due === undefined) {
    return 'none';
  }
  const left = Date.parse(row.due.dueAt) - now;
  return left <= 0 ? 'overdue' : left <= 15 * minute ? 'quarter' : left <= 60 * minute ? 'hour' : 'later';
}
