import type { Wish } from '../shared/outbox';
import { t } from '../shared/texts.svelte';
import type { CaseView } from './case-data';

export type Asked = Omit<Wish, 'key' | 'user' | 'refused'>;

export function pauseWish(shown: CaseView, reason: string): Asked {
  return onCase(shown, 'pause', { reason }, t('case.pauseWish'));
}

export function resumeWish(shown: CaseView): Asked {
  return onCase(shown, 'resume', {}, t('case.resumeWish'));
}

/** CUS-8: links given out so far open nothing any more. */
export function revokeWish(shown: CaseView): Asked {
  return onCase(shown, 'links/revoke', {}, t('case.revokeLinks'));
}

export function acknowledgeWish(shown: CaseView, escalation: string): Asked {
  return wish(shown, `/api/escalations/${escalation}/acknowledge`, {}, t('case.acknowledge'));
}

/** Leave is given without a word; a no needs its reason. */
export function decideWish(shown: CaseView, approval: string, denial?: string): Asked {
  return wish(
    shown, `/api/approvals/${approval}/decide`,
    denial === undefined ? { approve: true } : { approve: false, reason: denial },
    denial === undefined ? t('case.approve') : t('case.deny'),
  );
}

function onCase(shown: CaseView, path: string, body: unknown, words: string): Asked {
  return wish(shown, `/api/cases/${shown.id}/${path}`, body, words);
}

function wish(shown: CaseView, path: string, body: unknown, words: string): Asked {
  return { path, body, words: `${words}, ${shown.customer?.name ?? t('case.caseNumberInside', { number: shown.number ?? '' })}`, caseId: shown.id };
}
