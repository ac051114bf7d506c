import { t } from '../shared/texts.svelte';
import { dueState, type DueState } from './due-state';
import type { BoardRow } from './protocol';

/** What to say once when countdowns cross a line; countdowns themselves are never read out. */
export function crossings(
  before: ReadonlyMap<string, DueState>,
  rows: readonly BoardRow[],
  now: number,
): { readonly states: ReadonlyMap<string, DueState>; readonly say: string } {
  const states = new Map<string, DueState>();
  const said: string[] = [];
  for (const row of rows) {
    if (row.due === undefined) {
      continue;
    }
    const state = dueState(row.due, now);
    states.set(row.id, state);
    const was = before.get(row.id);
    if (was !== undefined && was !== state && (state === 'warn' || state === 'over')) {
      said.push(t(state === 'over' ? 'board.nowOverdue' : 'board.nowClose', { name: row.customer ?? row.number }));
    }
  }
  const first = said.slice(0, 3).join(', ');
  return { states, say: said.length > 3 ? t('board.andMore', { names: first, more: said.length - 3 }) : first };
}
