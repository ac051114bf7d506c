import type { CaseView } from '../case/case-data';
import { dayName } from '../shared/format';
import { known, t } from '../shared/texts.svelte';

export interface PromiseToday {
  readonly key: string;
  readonly caseId: string;
  readonly customer: string;
  readonly text: string;
  readonly at: number;
  readonly open: boolean;
  /** What has happened to it. */
  readonly note: string;
}

/** Promises due today, and kept ones that were, earliest first. Open ones from before today are there too: they are over. */
export function promisesToday(cases: readonly CaseView[], now: number): readonly PromiseToday[] {
  return cases
    .flatMap((shown) =>
      shown.promises.flatMap((promise): PromiseToday[] => {
        const at = Date.parse(promise.dueAt);
        const open = promise.state === 'open' || promise.state === 'explained';
        if (!(open && at <= now) && !((open || promise.state === 'kept') && dayName(at) === dayName(now))) {
          return [];
        }
        const move = promise.moves?.at(-1);
        const answer = move?.answer === undefined ? (move?.unanswered === true ? t('desk.noAnswer') : '') : (known(`desk.answer.${move.answer}`) ?? '');
        const moved = promise.revision === 0 ? '' : t('desk.moved', { count: promise.revision });
        return [{
          key: `${shown.id}/${promise.id}`, caseId: shown.id, customer: shown.customer?.name ?? t('shared.caseNumber', { number: shown.number ?? '' }),
          text: promise.text ?? t('shared.textErased'), at, open, note: [moved, answer].filter(Boolean).join(', '),
        }];
      }),
    )
    .toSorted((a, b) => a.at - b.at);
}
