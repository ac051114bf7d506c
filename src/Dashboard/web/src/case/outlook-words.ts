import { t } from '../shared/texts.svelte';
import type { CustomerOutlook } from './customer-record';

/** What an outlook rests on, in words; the host's own for what this page does not know. */
export function reasonWord(reason: CustomerOutlook['reasons'][number]): string {
  const count = Math.abs(reason.value);
  switch (reason.code) {
    case 'experience.gap':
      return count === 0 ? t('case.gapNone') : reason.value < 0 ? t('case.gapLess', { count }) : t('case.gapMore', { count });
    case 'experience.unanswered':
      return t('case.gapUnknown');
    case 'promises.lapsed':
      return t('case.promisesLapsed', { count });
    case 'promises.moved':
      return t('case.promisesMoved', { count });
    case 'promises.kept':
      return t('case.promisesKept', { count });
    case 'rounds.again':
      return t('case.roundsAgain', { count });
    default:
      return reason.text;
  }
}
