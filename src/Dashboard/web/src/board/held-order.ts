import type { BoardRow } from './protocol';

/** A row where it is shown, and how far it is from where it belongs. */
export interface ShownRow {
  readonly row: BoardRow;
  /** Decides its band: as it was when the order was held, so that bands do not tear. */
  readonly placed: BoardRow;
  /** Places to move once released: negative is up. */
  readonly move: number;
  /** No longer in the view: closed, or filtered out. */
  readonly gone: boolean;
}

export interface Shown {
  readonly rows: readonly ShownRow[];
  /** Rows that wait to move, to leave or to come in. */
  readonly waiting: number;
}

/** The live order as it is. */
export function showLive(rows: readonly BoardRow[]): Shown {
  return { rows: rows.map((row) => ({ row, placed: row, move: 0, gone: false })), waiting: 0 };
}

/** The order held as it was: cells follow the live rows, nothing changes its place. */
export function showHeld(held: readonly BoardRow[], live: readonly BoardRow[]): Shown {
  const liveById = new Map(live.map((row, at) => [row.id, { row, at }]));
  const heldIds = new Set(held.map((row) => row.id));
  const stay = held.filter((row) => liveById.has(row.id));
  const order = live.filter((row) => heldIds.has(row.id));
  const target = new Map(order.map((row, at) => [row.id, at]));
  const jumped = moversOf(stay.map((row) => target.get(row.id)!));

  let at = -1;
  const rows = held.map((placed): ShownRow => {
    const now = liveById.get(placed.id);
    if (now === undefined) {
      return { row: placed, placed, move: 0, gone: true };
    }
    at += 1;
    return { row: now.row, placed, move: jumped.has(at) ? target.get(placed.id)! - at : 0, gone: false };
  });
  const incoming = live.length - order.length;
  return { rows, waiting: rows.filter((row) => row.gone || row.move !== 0).length + incoming };
}

/** The fewest elements that have to move to sort `targets`: all but a longest increasing run. */
function moversOf(targets: readonly number[]): ReadonlySet<number> {
  const tails: number[] = [];
  const before: number[] = [];
  targets.forEach((target, i) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (targets[tails[middle]!]! < target) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    before[i] = low === 0 ? -1 : tails[low - 1]!;
    tails[low] = i;
  });
  const movers = new Set(targets.keys());
  for (let i = tails.at(-1) ?? -1; i >= 0; i = before[i]!) {
    movers.delete(i);
  }
  return movers;
}
