import { t } from '../shared/texts.svelte';
import type { CaseView } from './case-data';
import type { CustomerRecord } from './customer-record';

/** A reason to be in touch with a customer, and when. */
export interface InTouch {
  readonly key: string;
  /** When; absent for whenever it suits. */
  readonly at?: number;
  /** What `at` is: since when they wait, the last moment, or the day. */
  readonly bound?: 'since' | 'by' | 'on';
  readonly words: string;
  readonly why: string;
}

const DAY_MS = 86_400_000;

/** What this case and the customer's record give reason for: what is bound to an instant first, the nearest before the others. */
export function inTouch(shown: CaseView, record: CustomerRecord | undefined): readonly InTouch[] {
  const reasons: InTouch[] = [];
  if (shown.stage !== 'closed') {
    if (shown.unansweredSince !== undefined) {
      reasons.push({ key: 'answer', at: Date.parse(shown.unansweredSince), bound: 'since', words: t('case.answerThem'), why: t('case.answerThemWhy') });
    }
    const silence = shown.clocks.find((each) => each.name === 'silence' && each.stoppedAt === undefined && each.pausedFor === undefined);
    if (silence !== undefined) {
      reasons.push({ key: 'silence', at: Date.parse(silence.dueAt), bound: 'by', words: t('case.sayHowItStands'), why: t('case.sayHowItStandsWhy') });
    }
    for (const promise of shown.promises.filter((each) => each.state === 'open' || each.state === 'explained')) {
      reasons.push({
        key: promise.id, at: Date.parse(promise.dueAt) + DAY_MS, bound: 'on', words: t('case.askSettled'),
        why: t('case.askSettledWhy', { promise: promise.text ?? t('case.whatWasPromised') }),
      });
    }
  }
  const unasked = [shown, ...(record?.others ?? [])].find((each) => each.stage === 'closed' && each.survey === undefined && each.outcome !== 'merged');
  if (unasked !== undefined) {
    reasons.push({ key: 'survey', words: t('case.askExperience'), why: t('case.askExperienceWhy', { number: unasked.number ?? '' }) });
  }
  if (record?.outlook?.outcome !== undefined) {
    reasons.push({ key: 'outlook', words: t(`case.followUp.${record.outlook.outcome}`), why: t('case.fromOutlook') });
  }
  return reasons.toSorted((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity));
}
