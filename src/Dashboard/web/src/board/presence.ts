import { isRecord } from '../shared/http';
import { t } from '../shared/texts.svelte';

/** BRD-5: someone who looks at a case, or writes in it. */
export interface Viewer {
  readonly id: string;
  readonly name: string;
  readonly editing: boolean;
}

export type Presences = ReadonlyMap<string, readonly Viewer[]>;

/** Who looks at what after one more message; the first of a connection tells all. */
export function takeViewers(known: Presences, data: unknown, first: boolean): Presences {
  const next = new Map(first ? [] : known);
  const cases = isRecord(data) && Array.isArray(data['cases']) ? (data['cases'] as readonly { case: string; viewers: readonly Viewer[] }[]) : [];
  for (const { case: id, viewers } of cases) {
    if (viewers.length === 0) {
      next.delete(id);
    } else {
      next.set(id, viewers);
    }
  }
  return next;
}

/** `Ana is looking, Dan is writing`; empty when only oneself is there. */
export function viewersWords(viewers: readonly Viewer[] | undefined, me: string | undefined): string {
  return (viewers ?? []).filter((each) => each.id !== me).map((each) => t(each.editing ? 'board.viewer.writing' : 'board.viewer.looking', { name: each.name })).join(', ');
}
