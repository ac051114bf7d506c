import { t } from '../shared/texts.svelte';
import { dueState, type DueState } from './due-state';
import type { BoardRow } from './protocol';
import type { RailEscalation } from './rail';
import { levelWord } from './words';

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
  return { states, say: few(said) };
}

/** What to say once of escalations raised after `since`, the newest heard of so far; whoever has only come is told none. */
export function escalated(since: number | undefined, lines: readonly RailEscalation[]): { readonly since: number; readonly say: string } {
  const news = since === undefined ? [] : lines.filter((line) => Date.parse(line.raisedAt) > since);
  return {
    since: Math.max(since ?? 0, ...lines.map((line) => Date.parse(line.raisedAt))),
    say: few(news.map((line) => t('board.nowEscalated', { name: line.customer ?? line.number, level: levelWord[line.level] }))),
  };
}

function few(said: readonly string[]): string {
  const first = said.slice(0, 3).join(', ');
  return said.length > 3 ? t('board.andMore', { names: first, more: said.length - 3 }) : first;
}
