import { clockWord } from '../board/words';
import { capital, clockTime, dayName, dueInstant, money, plainWords, sentence } from '../shared/format';
import { isRecord } from '../shared/http';
import { inLanguage, policyName, type ByLanguage } from '../shared/policy-names.svelte';
import { refusedWords } from '../shared/refusal';
import { known, t } from '../shared/texts.svelte';
import type { CodedValues } from '../shared/value-words';
import type { Happening } from './case-data';
import { codeWord } from './code-words';

/** One entry of the timeline in words. */
export interface Told {
  readonly icon: string;
  readonly title: string;
  /** The customer's or an agent's own words. */
  readonly quote?: string;
  readonly detail?: string;
  /** The platform's own events are the quietest. */
  readonly quiet: boolean;
}

/** Causes of which the platform gives the reason in a sentence of its own; all others come with somebody's words, or none. */
const explainedCauses: ReadonlySet<string> = new Set(['claim.aboveAuthority', 'approval.overdue', 'apology.overdue']);

/** Why an escalation was raised. */
export function causeWord(cause: string, reason: string | undefined): string {
  const code = cause.replace(/:.*$/, '');
  return reason === undefined || explainedCauses.has(code) ? capital(codeWord('cause', code)) : reason;
}

export function tell({ kind, data }: Happening): Told {
  const text = (name: string): string | undefined => (typeof data[name] === 'string' && data[name] !== '' ? data[name] : undefined);
  const when = (name: string): string => {
    const at = Date.parse(text(name) ?? '');
    return Number.isNaN(at) ? '' : /due/i.test(name) ? dueInstant(at) : `${dayName(at)} ${clockTime(at)}`;
  };
  const shared = (family: 'stage' | 'level' | 'heat' | 'approval', name: string): string => known(`shared.${family}.${text(name) ?? ''}`) ?? text(name) ?? '';
  const told = (icon: string, title: string, more: { quote?: string | undefined; detail?: string | undefined; quiet?: boolean } = {}): Told => ({
    icon,
    title,
    ...(more.quote !== undefined && { quote: more.quote }),
    ...(more.detail !== undefined && { detail: more.detail }),
    quiet: more.quiet ?? false,
  });
  const by = (title: string): string => (text('channel') === undefined ? title : `${title} ${codeWord('by', text('channel')!)}`);
  const sum = (name: string): string | undefined => {
    const value = data[name];
    return isRecord(value) ? money(Number(value['amount']), String(value['currency'])) : undefined;
  };
  const withSum = (title: string, name: string): string => (sum(name) === undefined ? title : `${title}: ${sum(name)}`);
  const rating = (name: string): string => (typeof data[name] === 'number' ? t('case.pointsOf5', { points: data[name] }) : t('case.notSaid'));

  switch (kind) {
    case 'caseOpened':
      return told('i-chat', `${by(t('case.complained'))}${sum('claim') === undefined ? '' : `, ${t('case.claims', { amount: sum('claim')! })}`}`, { quote: text('summary') });
    case 'contactLogged':
      return data['direction'] === 'fromCustomer' ?
          told('i-phone', by(t('case.customerInTouch')), { quote: text('note') })
        : told('i-phone', by(t('case.customerContacted')), { detail: text('note') });
    case 'automaticReplyReceived':
      return told('i-mail', t('case.automaticReply'), { quiet: true });
    case 'ownerAssigned':
      return told('i-user', text('owner') === undefined ? t('case.backToQueue') : t('case.assignedTo', { name: text('owner')! }));
    case 'offerMade':
      return told('i-user', t('case.offered', { name: text('name') ?? text('agent') ?? '', when: when('until') }), { quiet: true });
    case 'offerAccepted':
      return told('i-user', t('case.offerAccepted'));
    case 'offerDeclined':
      return told('i-user', t('case.offerDeclined', { reason: codeWord('decline', text('reason') ?? '') }));
    case 'offerExpired':
      return told('i-user', t('case.offerExpired'), { quiet: true });
    case 'offerWithdrawn':
      return told('i-user', t('case.offerWithdrawn', { reason: codeWord('withdrawn', text('because') ?? '') }), { quiet: true });
    case 'stepDone':
      return told('i-check', t('case.stepDone', { step: codeWord('step', text('step') ?? '') }), { detail: text('note') });
    case 'factsRecorded':
      return told('i-note', t('case.factsRecorded'), { detail: text('facts'), quote: text('expectation') });
    case 'optionOffered':
      return told('i-swap', t('case.solutionOffered'), { detail: text('text') });
    case 'agreementReached':
      return told('i-check', t('case.agreementReached'), { quote: text('text') });
    case 'stageEntered':
      return told('i-right', t('case.stageEntered', { was: shared('stage', 'was'), now: shared('stage', 'stage') }), { quiet: true });
    case 'roundStarted':
      return told('i-loop', t('case.roundBegins', { number: String(data['round']), stage: t('shared.stage.contact') }), { detail: text('reason') });
    case 'heatSet':
      return told('i-up', t('case.heatChanged', { was: shared('heat', 'was'), now: shared('heat', 'heat') }), { detail: text('reason') });
    case 'noteAdded':
      return told('i-note', t('case.noted'), { detail: text('note') });
    case 'promiseMade':
      return told('i-promise', t('case.promiseMade', { when: when('dueAt') }), { detail: text('text') });
    case 'promiseExplained':
      return told('i-promise', t('case.promiseMoved', { was: when('wasDueAt'), when: when('dueAt') }), { detail: text('reason') });
    case 'promiseOwnerAsked':
      return told('i-promise', t('case.ownerAsked', { name: text('owner') ?? '' }), { quiet: true });
    case 'promiseOwnerSilent':
      return told('i-warn', t('case.ownerSilent'), { detail: t('case.supervisorsSee') });
    case 'promiseConfirmed':
      return told('i-promise', t('case.promiseConfirmed'), { detail: t('case.explainedOnlyFrom', { when: when('sendBy') }) });
    case 'delayAnswered':
      return told('i-chat', t('case.delayAnswered', { answer: codeWord('answer', text('answer') ?? '') }));
    case 'delayUnanswered':
      return told('i-chat', t('case.delayUnanswered'), { detail: text('silence') === undefined ? t('case.noYes') : codeWord('silence', text('silence')!) });
    case 'approvalAsked':
      return told('i-up', t('case.leaveAsked', { what: shared('approval', 'approvalKind') }), { detail: text('reason') });
    case 'approvalDecided':
      return told('i-check', data['approved'] === true ? t('case.approved') : t('case.denied'), { detail: text('reason') });
    case 'approvalDropped':
      return told('i-check', t('case.approvalDropped'), { detail: codeWord('because', text('reason') ?? ''), quiet: true });
    case 'approvalPassedOn':
      return told('i-up', t('case.leaveAskedOf', { level: shared('level', 'level') }), { quiet: true });
    case 'claimSet':
      return told('i-note', withSum(t('case.claimSet'), 'claim'), { detail: text('reason') });
    case 'concessionAsked':
      return told('i-up', withSum(t('case.concessionAsked'), 'amount'), { detail: text('reason') });
    case 'concessionCleared':
      return told('i-check', t('case.concessionCleared'), { quiet: true });
    case 'concessionMade':
      return told('i-check', withSum(t('case.conceded'), 'amount'));
    case 'concessionRefused':
      return told('i-over', t('case.concessionRefused'), { detail: codeWord('because', text('reason') ?? '') });
    case 'giftAsked':
      return told('i-gift', t('case.giftAsked', { name: inLanguage(isRecord(data['nameIn']) ? (data['nameIn'] as ByLanguage) : undefined, text('name') ?? '') }), { quiet: true });
    case 'giftGiven':
      return told('i-gift', t('case.giftGiven'), { quiet: true });
    case 'giftRefused':
      return told('i-gift', t('case.giftRefused'), { detail: isRecord(data['values']) ? refusedWords(text('code'), text('detail') ?? '', data['values'] as CodedValues) : (known(`case.${text('code') ?? ''}`) ?? text('detail')) });
    case 'giftOutcomeRecorded':
      return told('i-gift', t('case.giftOutcome'), { quiet: true });
    case 'causeNamed':
      return told('i-user', text('causedBy') === undefined ? t('case.causedByNone') : t('case.causedBy', { name: text('causedBy')! }));
    case 'apologyOwed':
      return told('i-chat', t('case.apologyOwedUntil', { name: text('owner') ?? shared('level', 'level'), when: when('dueAt') }));
    case 'apologyOverdue':
      return told('i-over', t('case.apologyOverdue'));
    case 'apologyGiven':
      return told('i-chat', t('case.apologyGivenBy', { name: text('givenBy') ?? '' }), { detail: text('text') });
    case 'mergeBegun':
      return told('i-take', t('case.mergeBegun'), { quiet: true });
    case 'mergeAbandoned':
      return told('i-take', t('case.mergeAbandoned'), { detail: text('detail'), quiet: true });
    case 'takeOverRefused':
      return told('i-take', t('case.takeOverRefused'), { detail: text('detail'), quiet: true });
    case 'caseMerged':
      return told('i-take', t('case.caseMerged', { number: String(data['number']) }));
    case 'caseTakenOver':
      return told('i-take', t('case.caseTakenOver'));
    case 'contactCorrected':
      return told('i-user', t('case.contactCorrected'));
    case 'linksRevoked':
      return told('i-lock', t('case.linksWereRevoked'));
    case 'promiseKept':
      return told('i-check', data['late'] === true ? t('case.promiseWasKeptLate') : t('case.promiseWasKept'), { detail: text('evidence') });
    case 'promiseWithdrawn':
      return told(
        'i-promise',
        data['byCustomer'] === true ? t('case.promiseCancelledByCustomer')
        : data['byLaw'] === true ? t('case.promiseCancelledByLaw')
        : t('case.promiseWithdrawn'),
        { detail: text('reason') },
      );
    case 'mergedNoticeCameBack':
    case 'noticeTakenBack':
      return told('i-mail', t(`case.happened.${kind}`), { quiet: kind === 'mergedNoticeCameBack' });
    case 'packApplied':
      return told('i-note', t('case.coveredByLaw', { name: policyName('packs', text('pack') ?? '') ?? text('pack') ?? '' }));
    case 'letterDecided':
      return told('i-mail', t('case.letterOfLaw', { name: policyName('letters', `${text('pack') ?? ''}.${text('name') ?? ''}`) ?? plainWords(text('name') ?? '') }), { detail: text('evidence') });
    case 'caseErased':
      return told('i-lock', t('case.customerForgotten'), { detail: t('case.customerForgottenWhy') });
    case 'experienceRated':
      return told('i-chat', t('case.experienceRated', { expected: rating('expected'), got: rating('got') }));
    case 'promiseLapsed':
      return told('i-over', t('case.promiseLapsed', { when: when('dueAt') }));
    case 'noticeDecided':
      return told('i-mail', by(t('case.messagePlanned')), { detail: text('subject'), quiet: true });
    case 'noticeAccepted':
      return told('i-mail', t('case.messageAccepted'), { quiet: true });
    case 'noticeFailed':
      return told('i-mail', t('case.messageFailed'), { detail: text('reason') });
    case 'noticeBounced':
      return told('i-mail', t('case.messageBounced'), { detail: text('reason') });
    case 'noticeDelayed':
      return told('i-mail', t('case.messageDelayed'), { detail: text('reason'), quiet: true });
    case 'noticeDropped':
      return told('i-mail', t('case.messageDropped'), { detail: codeWord('because', text('reason') ?? ''), quiet: true });
    case 'callTaskRaised':
      return told('i-phone', t('case.someoneHasToCall'), { detail: codeWord('call', text('reason') ?? '') });
    case 'escalationRaised':
      return told('i-up', t('case.raisedTo', { level: shared('level', 'level') }), { detail: causeWord(text('cause') ?? '', text('reason')) });
    case 'escalationAcknowledged':
      return told('i-check', t('case.escalationAcknowledged'));
    case 'escalationRisen':
      return told('i-up', t('case.escalationRisen', { from: shared('level', 'from'), to: shared('level', 'to') }), { detail: codeWord('escalated', text('because') ?? '') });
    case 'escalationRepeated':
      return told('i-warn', t('case.escalationRepeated', { level: shared('level', 'level') }), { quiet: true });
    case 'escalationTold':
      return told('i-chat', t('case.onDutyTold', { level: shared('level', 'level') }), { quiet: true });
    case 'escalationTellingSettled':
      return told('i-mail', t('case.tellingSettled', { state: codeWord('telling', text('state') ?? '') }), { detail: known(`case.because.${text('reason') ?? ''}`) ?? text('reason'), quiet: true });
    case 'acknowledgementFell':
      return told('i-warn', t('case.acknowledgementFell', { name: text('who') ?? '' }), { detail: t('case.acknowledgementFellWhy') });
    case 'escalationReplanned':
      return told('i-up', t('case.escalationReplanned', { when: when('dueAt') }), { quiet: true });
    case 'escalationClosed':
      return told('i-check', t('case.escalationClosed'), { detail: text('note') ?? codeWord('because', text('reason') ?? ''), quiet: true });
    case 'casePaused':
      return told('i-lock', t('case.clocksPaused', { reason: codeWord('pause', text('reason') ?? '') }));
    case 'caseResumed':
      return told('i-right', data['cause'] === 'contact' ? t('case.clocksGoOnContact') : t('case.clocksGoOn'), { detail: codeWord('pause', text('reason') ?? '') });
    case 'policyApplied':
      return told('i-note', t('case.policyApplied', { policy: text('policy') ?? '' }), { detail: t('case.policyWas', { policy: text('was') ?? '' }), quiet: true });
    case 'clockPaused':
    case 'clockResumed':
    case 'clockReplanned':
    case 'clockStarted':
    case 'clockWarned':
    case 'clockBreached':
    case 'clockMet':
    case 'clockReopened':
    case 'clockStopped':
      return told(kind === 'clockBreached' ? 'i-over' : 'i-target', t(`case.happened.${kind}`, { clock: clockWord(text('clock') ?? '') }), {
        detail: when('dueAt') === '' ? undefined : t('case.dueInside', { when: when('dueAt') }),
        quiet: kind !== 'clockBreached' && kind !== 'clockReopened',
      });
    case 'caseClosed':
      return told('i-lock', t('case.caseClosed', { outcome: codeWord('outcome', text('outcome') ?? '') }), { detail: text('summary') });
    case 'caseCustomerChanged':
      return told('i-user', t('case.caseCustomerChanged'), { quiet: true });
    default:
      return told('i-note', sentence(kind), { quiet: true });
  }
}
