import { capital, plainWords } from '../shared/format';
import { isRecord, itemsOf } from '../shared/http';
import { known, t } from '../shared/texts.svelte';

/** Something that happened to any case, as the host's stream tells it. */
export interface Happening {
  readonly kind: string;
  readonly case: string;
  readonly number: number;
  readonly customer?: string;
  readonly at: string;
  readonly by: string;
}

export interface Stream {
  /** Newest first; so many and no more. */
  readonly items: readonly Happening[];
  /** The last message's, oldest first; empty for the first message, which tells what was before. */
  readonly news: readonly Happening[];
  readonly missed: number;
}

export const MOST = 60;

/** The stream after one more message. Each connection starts with what was before: that takes the place of all. */
export function takeHappenings(stream: Stream | undefined, data: unknown, first: boolean): Stream {
  const items = itemsOf(data) as readonly Happening[];
  const missed = isRecord(data) && typeof data['missed'] === 'number' ? data['missed'] : 0;
  return {
    items: [...items].reverse().concat(first ? [] : (stream?.items ?? [])).slice(0, MOST),
    news: first ? [] : items,
    missed: first ? missed : (stream?.missed ?? 0) + missed,
  };
}

export function happeningWords(kind: string): string {
  return known(`board.happening.${kind}`) ?? plainWords(kind);
}

/** Whose case it was. */
export function happeningName(happening: Happening): string {
  return happening.customer ?? (happening.number > 0 ? t('shared.caseNumber', { number: happening.number }) : capital(happeningWords(happening.kind)));
}

/** How loud it is on the time axis and in the stream. */
export function toneOf(kind: string): 'kept' | 'over' | 'explained' | '' {
  return (
    kind === 'promiseKept' ? 'kept'
    : kind === 'promiseLapsed' || kind === 'clockBreached' ? 'over'
    : kind === 'promiseExplained' ? 'explained'
    : ''
  );
}
