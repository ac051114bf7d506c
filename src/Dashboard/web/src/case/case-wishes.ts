import type { Wish } from '../shared/outbox';
import type { CaseView } from './case-data';

export type Asked = Omit<Wish, 'key' | 'user' | 'refused'>;

export function pauseWish(shown: CaseView, reason: string): Asked {
  return onCase(shown, 'pause', { reason }, 'Pause the clocks');
}

export function resumeWish(shown: CaseView): Asked {
  return onCase(shown, 'resume', {}, 'Let the clocks go on');
}

/** CUS-8: links given out so far open nothing any more. */
export function revokeWish(shown: CaseView): Asked {
  return onCase(shown, 'links/revoke', {}, 'Revoke links');
}

export function acknowledgeWish(shown: CaseView, escalation: string): Asked {
  return wish(shown, `/api/escalations/${escalation}/acknowledge`, {}, 'Acknowledge');
}

/** Leave is given without a word; a no needs its reason. */
export function decideWish(shown: CaseView, approval: string, denial?: string): Asked {
  return wish(
    shown, `/api/approvals/${approval}/decide`,
    denial === undefined ? { approve: true } : { approve: false, reason: denial },
    denial === undefined ? 'Approve' : 'Deny',
  );
}

function onCase(shown: CaseView, path: string, body: unknown, words: string): Asked {
  return wish(shown, `/api/cases/${shown.id}/${path}`, body, words);
}

function wish(shown: CaseView, path: string, body: unknown, words: string): Asked {
  return { path, body, words: `${words}, ${shown.customer?.name ?? `case ${shown.number ?? ''}`}`, caseId: shown.id };
}
