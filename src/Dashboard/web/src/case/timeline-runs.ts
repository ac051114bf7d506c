import { t } from '../shared/texts.svelte';
import type { Happening } from './case-data';
import type { Told } from './happening-words';

export interface Entry {
  readonly each: Happening;
  readonly told: Told;
}

/** One entry, or several of the platform's own that came one after another and are read as one. */
export type Stretch = { readonly kind: 'one'; readonly entry: Entry } | { readonly kind: 'run'; readonly entries: readonly [Entry, ...Entry[]] };

/** Gathers what the platform did by itself between what people did and said. */
export function stretchesOf(entries: readonly Entry[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const entry of entries) {
    const last = stretches.at(-1);
    if (!entry.told.quiet) {
      stretches.push({ kind: 'one', entry });
    } else if (last?.kind === 'run') {
      stretches[stretches.length - 1] = { kind: 'run', entries: [...last.entries, entry] };
    } else {
      stretches.push({ kind: 'run', entries: [entry] });
    }
  }
  return stretches.map((each) => (each.kind === 'run' && each.entries.length === 1 ? { kind: 'one', entry: each.entries[0] } : each));
}

/** What a stretch is about, each thing once: `messages, clocks, stage`. */
export function aboutOf(entries: readonly Entry[]): string {
  const about = (kind: string) =>
    kind.startsWith('clock') ? 'clocks'
    : kind.startsWith('notice') ? 'messages'
    : kind.startsWith('offer') ? 'offers'
    : kind.startsWith('escalation') ? 'escalation'
    : kind.startsWith('stage') ? 'stage'
    : 'other';
  return [...new Set(entries.map(({ each }) => about(each.kind)))].map((each) => t(`case.about.${each}`)).join(', ');
}
