import { stageWord, levelWord, clockWord } from '../board/words';
import type { Level, Stage } from '../board/protocol';
import { clockTime, dayName, money, plainWords, sentence } from '../shared/format';
import { isRecord } from '../shared/http';
import type { Happening } from './case-data';

/** What a customer says to a new date. */
export const answerWord: Readonly<Record<string, string>> = { fine: 'fine', callMe: 'not fine, call me', cancel: 'cancel' };

const escalatedBecause: Readonly<Record<string, string>> = {
  notAcknowledged: 'Nobody acknowledged it in time.',
  noContact: 'The customer was not reached in time.',
  cause: 'Its cause grew.',
};

/** What a law makes of a customer's silence (REG-1). */
const silenceWord: Readonly<Record<string, string>> = {
  consents: 'The law takes that for a yes.',
  cancels: 'The law takes that for a no.',
};

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

/** Why a person has to call. */
export function callWord(reason: string): string {
  const words: Readonly<Record<string, string>> = {
    'promise.secondDelay': 'a second delay cannot be explained by a machine',
    'promise.lapsed': 'a promise lapsed',
    'notice.notAccepted': 'a message was not delivered',
    'notice.noChannel': 'there is no address to write to',
    'customer.callMe': 'the customer asked to be called',
    'customer.cancelled': 'the customer cancelled: a new agreement is needed',
    'customer.noAnswer': 'the customer did not answer a second delay',
    'law.silenceCancels': 'the customer did not agree to another delay, and the law cancels it: money goes back',
  };
  return words[reason] ?? plainWords(reason);
}

export function tell({ kind, data }: Happening): Told {
  const text = (name: string): string | undefined => (typeof data[name] === 'string' && data[name] !== '' ? data[name] : undefined);
  const when = (name: string): string => {
    const at = Date.parse(text(name) ?? '');
    return Number.isNaN(at) ? '' : `${dayName(at)} ${clockTime(at)}`;
  };
  const stage = (name: string): string => stageWord[data[name] as Stage] ?? '';
  const told = (icon: string, title: string, more: { quote?: string | undefined; detail?: string | undefined; quiet?: boolean } = {}): Told => ({
    icon,
    title,
    ...(more.quote !== undefined && { quote: more.quote }),
    ...(more.detail !== undefined && { detail: more.detail }),
    quiet: more.quiet ?? false,
  });
  const channel = (): string => (text('channel') === undefined ? '' : ` by ${plainWords(text('channel')!)}`);

  const sum = (name: string): string => {
    const value = data[name];
    return isRecord(value) ? `: ${money(Number(value['amount']), String(value['currency']))}` : '';
  };

  const rating = (name: string): string => (typeof data[name] === 'number' ? `${String(data[name])} of 5` : 'not said');

  switch (kind) {
    case 'caseOpened':
      return told('i-chat', `Customer complained${channel()}${sum('claim').replace(':', ', claims')}`, { quote: text('summary') });
    case 'contactLogged':
      return data['direction'] === 'fromCustomer' ?
          told('i-phone', `Customer was in touch${channel()}`, { quote: text('note') })
        : told('i-phone', `Customer was contacted${channel()}`, { detail: text('note') });
    case 'ownerAssigned':
      return told('i-user', text('owner') === undefined ? 'Back to the queue' : `Assigned to ${text('owner')}`);
    case 'offerMade':
      return told('i-user', `Offered to ${text('name') ?? text('agent') ?? 'an agent'}, to accept by ${when('until')}`, { quiet: true });
    case 'offerAccepted':
      return told('i-user', 'The offer was accepted');
    case 'offerDeclined':
      return told('i-user', `The offer was declined: ${plainWords(text('reason') ?? '')}`);
    case 'offerExpired':
      return told('i-user', 'The offer was not answered in time', { quiet: true });
    case 'offerWithdrawn':
      return told('i-user', `The offer was withdrawn: ${plainWords(text('because') ?? '')}`, { quiet: true });
    case 'stepDone':
      return told('i-check', `Step done: ${plainWords(text('step') ?? '')}`, { detail: text('note') });
    case 'factsRecorded':
      return told('i-note', 'Facts recorded', { detail: text('facts'), quote: text('expectation') });
    case 'optionOffered':
      return told('i-swap', 'A solution was offered', { detail: text('text') });
    case 'agreementReached':
      return told('i-check', 'Agreement reached', { quote: text('text') });
    case 'stageEntered':
      return told('i-right', `Stage ${stage('was')} to ${stage('stage')}`, { quiet: true });
    case 'roundStarted':
      return told('i-loop', `Round ${String(data['round'])} begins, back to Contact`, { detail: text('reason') });
    case 'heatSet':
      return told('i-up', `Heat ${text('was')} to ${text('heat')}`, { detail: text('reason') });
    case 'noteAdded':
      return told('i-note', 'Noted', { detail: text('note') });
    case 'promiseMade':
      return told('i-promise', `Promise made, due ${when('dueAt')}`, { detail: text('text') });
    case 'promiseExplained':
      return told('i-promise', `Promise moved from ${when('wasDueAt')} to ${when('dueAt')}`, { detail: text('reason') });
    case 'promiseOwnerAsked':
      return told('i-promise', `${text('owner') ?? 'The owner'} is asked: will it be kept in time?`, { quiet: true });
    case 'promiseOwnerSilent':
      return told('i-warn', 'The owner did not answer', { detail: 'Supervisors see it.' });
    case 'promiseConfirmed':
      return told('i-promise', 'It will be kept in time', { detail: `Explained by itself only from ${when('sendBy')} on.` });
    case 'delayAnswered':
      return told('i-chat', `The customer answered the new date: ${answerWord[text('answer') ?? ''] ?? ''}`);
    case 'delayUnanswered':
      return told('i-chat', 'The customer did not answer the new date', { detail: silenceWord[text('silence') ?? ''] ?? 'That is no yes.' });
    case 'approvalAsked':
      return told('i-up', `Asked for leave: ${plainWords(text('approvalKind') ?? '')}`, { detail: text('reason') });
    case 'approvalDecided':
      return told('i-check', data['approved'] === true ? 'Approved' : 'Denied', { detail: text('reason') });
    case 'approvalDropped':
      return told('i-check', 'The approval is no longer needed', { detail: plainWords(text('reason') ?? ''), quiet: true });
    case 'approvalPassedOn':
      return told('i-up', `Leave is asked of ${levelWord[data['level'] as Level] ?? 'the next level'} now`, { quiet: true });
    case 'claimSet':
      return told('i-note', `Claim${sum('claim')}`, { detail: text('reason') });
    case 'concessionAsked':
      return told('i-up', `Concession asked${sum('amount')}`, { detail: text('reason') });
    case 'concessionMade':
      return told('i-check', `Conceded${sum('amount')}`);
    case 'concessionRefused':
      return told('i-over', 'Concession refused', { detail: plainWords(text('reason') ?? '') });
    case 'giftAsked':
      return told('i-gift', `Gift asked for: ${text('name') ?? ''}`, { quiet: true });
    case 'giftGiven':
      return told('i-gift', 'Gift given', { quiet: true });
    case 'giftRefused':
      return told('i-gift', 'Gift refused', { detail: text('detail') });
    case 'causeNamed':
      return told('i-user', text('causedBy') === undefined ? 'It was caused by none of us' : `Caused by ${text('causedBy')}`);
    case 'apologyOwed':
      return told('i-chat', `An apology is owed by ${text('owner') ?? levelWord[data['level'] as Level] ?? 'someone'}, ${when('dueAt')} at the latest`);
    case 'apologyOverdue':
      return told('i-over', 'The apology is overdue');
    case 'apologyGiven':
      return told('i-chat', `Apology given by ${text('givenBy') ?? ''}`, { detail: text('text') });
    case 'caseMerged':
      return told('i-take', `Merged into case ${String(data['number'])}`);
    case 'caseTakenOver':
      return told('i-take', 'Another case was merged into this one');
    case 'contactCorrected':
      return told('i-user', 'The customer’s name or addresses were corrected');
    case 'linksRevoked':
      return told('i-lock', 'The customer’s links were revoked');
    case 'promiseKept':
      return told('i-check', data['late'] === true ? 'Promise kept, late' : 'Promise kept', { detail: text('evidence') });
    case 'promiseWithdrawn':
      return told(
        'i-promise',
        data['byCustomer'] === true ? 'The customer cancelled what was promised'
        : data['byLaw'] === true ? 'The law cancelled what was promised'
        : 'Promise withdrawn',
        { detail: text('reason') },
      );
    case 'packApplied':
      return told('i-note', `Covered by a law: ${text('pack') ?? ''}`);
    case 'letterDecided':
      return told('i-mail', `Letter of the law: ${plainWords(text('name') ?? '')}`, { detail: text('evidence') });
    case 'caseErased':
      return told('i-lock', 'The customer was forgotten', { detail: 'Names, addresses and all free text until here are erased. What happened stays.' });
    case 'experienceRated':
      return told('i-chat', `The customer said how it was: expected ${rating('expected')}, got ${rating('got')}`);
    case 'promiseLapsed':
      return told('i-over', `Promise lapsed, was due ${when('dueAt')}`);
    case 'noticeDecided':
      return told('i-mail', `Message planned${channel()}`, { detail: text('subject'), quiet: true });
    case 'noticeAccepted':
      return told('i-mail', 'Message accepted by the receiving server', { quiet: true });
    case 'noticeFailed':
      return told('i-mail', 'Message could not be delivered', { detail: text('reason') });
    case 'noticeDropped':
      return told('i-mail', 'Message not sent: no longer needed', { detail: plainWords(text('reason') ?? ''), quiet: true });
    case 'callTaskRaised':
      return told('i-phone', 'Someone has to call', { detail: callWord(text('reason') ?? '') });
    case 'escalationRaised':
      return told('i-up', `Raised to ${levelWord[data['level'] as Level] ?? 'the next level'}`, { detail: text('reason') ?? plainWords(text('cause') ?? '') });
    case 'escalationAcknowledged':
      return told('i-check', 'Escalation acknowledged');
    case 'escalationRisen':
      return told('i-up', `Escalated further, ${text('from') ?? ''} to ${text('to') ?? ''}`, { detail: escalatedBecause[text('because') ?? ''] });
    case 'escalationRepeated':
      return told('i-warn', `Nobody answered: ${text('level') ?? 'the top'} is asked again`, { quiet: true });
    case 'escalationTold':
      return told('i-chat', `Those on duty were told (${text('level') ?? ''})`, { quiet: true });
    case 'escalationTellingSettled':
      return told('i-mail', `Telling someone on duty: ${plainWords(text('state') ?? '')}`, { detail: text('reason'), quiet: true });
    case 'acknowledgementFell':
      return told('i-warn', `${text('who') ?? 'Whoever had it'} did not reach the customer in time`, { detail: 'The acknowledgement fell.' });
    case 'escalationReplanned':
      return told('i-up', `Escalation now due ${when('dueAt')}`, { quiet: true });
    case 'escalationClosed':
      return told('i-check', 'Escalation closed', { detail: text('reason'), quiet: true });
    case 'casePaused':
      return told('i-lock', `Clocks paused: ${plainWords(text('reason') ?? '')}`);
    case 'caseResumed':
      return told('i-right', data['cause'] === 'contact' ? 'Clocks go on: the customer was in touch' : 'Clocks go on', { detail: plainWords(text('reason') ?? '') });
    case 'policyApplied':
      return told('i-note', `Judged by policy ${text('policy') ?? ''} from now on`, { detail: `was ${text('was') ?? ''}`, quiet: true });
    case 'clockPaused':
    case 'clockResumed':
    case 'clockReplanned':
    case 'clockStarted':
    case 'clockWarned':
    case 'clockBreached':
    case 'clockMet':
    case 'clockStopped':
      return told(kind === 'clockBreached' ? 'i-over' : 'i-target', `${sentence(kind)}: ${clockWord(text('clock') ?? '')}`, {
        detail: when('dueAt') === '' ? undefined : `due ${when('dueAt')}`,
        quiet: kind !== 'clockBreached',
      });
    case 'caseClosed':
      return told('i-lock', `Closed: ${plainWords(text('outcome') ?? '')}`, { detail: text('summary') });
    default:
      return told('i-note', sentence(kind), { quiet: true });
  }
}
