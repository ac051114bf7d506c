import { known, t } from '../shared/texts.svelte';
import type { BoardView, Heat, Level, Stage } from './protocol';
import { heatWord, levelWord, stageWord, typeWord } from './words';

/** What of the address says which cases are shown, and in which order. */
export const fields = ['q', 'level', 'stage', 'heat', 'type', 'team', 'owner', 'sort'] as const;
export type Field = (typeof fields)[number];

export const sorts = ['urgency', 'heat', 'waiting', 'newest'] as const;
export type Sort = (typeof sorts)[number];

/** An order that no text knows is the usual one. */
export function sortWord(sort: string | undefined): string {
  return known(`board.sort.${sort ?? 'urgency'}`) ?? t('board.sort.urgency');
}

/** A view that somebody gave a name, in this browser. */
export interface SavedView {
  readonly name: string;
  /** As in the address, without a question mark; empty for the whole board. */
  readonly query: string;
}

const MOST_SAVED = 30;

export function viewOf(query: URLSearchParams): BoardView {
  const view: Partial<Record<Field, string>> = {};
  for (const name of fields) {
    const value = query.get(name);
    if (value) {
      view[name] = value;
    }
  }
  return view;
}

/** The same view is always written the same; what is not of the view is left out. */
export function queryOf(query: URLSearchParams): string {
  const only = new URLSearchParams(Object.entries(viewOf(query)));
  return only.toString().replaceAll('%2C', ',');
}

export interface Chip {
  readonly field: Field;
  readonly words: string;
}

/** What is filtered by, in words; the order is none of it. */
export function chipsOf(view: BoardView, names: { readonly team: (id: string) => string; readonly person: (id: string) => string }): readonly Chip[] {
  const each = (value: string, word: (part: string) => string): string => value.split(',').map(word).join(` ${t('board.or')} `);
  const chips: Chip[] = [];
  const add = (field: Field, value: string | undefined, word: (part: string) => string): void => {
    if (value !== undefined) {
      chips.push({ field, words: each(value, word) });
    }
  };
  if (view.q !== undefined) {
    chips.push({ field: 'q', words: `“${view.q}”` });
  }
  add('level', view.level, (part) => levelWord[part as Level] ?? part);
  add('stage', view.stage, (part) => stageWord[part as Stage] ?? part);
  add('heat', view.heat, (part) => heatWord[part as Heat] ?? part);
  add('type', view.type, typeWord);
  add('team', view.team, names.team);
  if (view.owner !== undefined) {
    chips.push({ field: 'owner', words: t('board.ofOwner', { name: names.person(view.owner) }) });
  }
  return chips;
}

export function readSaved(text: string | null): readonly SavedView[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value)
      ? value.filter((each): each is SavedView => typeof each?.name === 'string' && typeof each?.query === 'string').slice(0, MOST_SAVED)
      : [];
  } catch {
    return [];
  }
}

/** Saves under a name; the same name again is another view. */
export function saveView(saved: readonly SavedView[], name: string, query: string): readonly SavedView[] {
  return [...saved.filter((each) => each.name !== name), { name, query }].sort((a, b) => a.name.localeCompare(b.name)).slice(0, MOST_SAVED);
}
