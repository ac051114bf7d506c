import { plainWords, sentence } from '../shared/format';
import { isRecord, itemsOf } from '../shared/http';

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

const words: Readonly<Record<string, string>> = {
  caseOpened: 'complained', ownerAssigned: 'has an owner', roundStarted: 'another round begins', heatSet: 'heat changed', clockBreached: 'waited past a target',
  promiseMade: 'was promised something', promiseOwnerSilent: 'owner does not answer', promiseExplained: 'was told of a new date', promiseKept: 'promise kept',
  promiseWithdrawn: 'promise withdrawn', promiseLapsed: 'promise lapsed', delayAnswered: 'answered the new date', noticeFailed: 'could not be reached',
  noticeBounced: 'letter came back', callTaskRaised: 'someone has to call', approvalAsked: 'leave was asked', approvalDecided: 'leave was decided',
  approvalPassedOn: 'leave is asked higher up', concessionMade: 'conceded', giftGiven: 'gift given', apologyOverdue: 'apology is overdue', apologyGiven: 'apology given',
  escalationRaised: 'escalated', escalationRisen: 'escalated further', escalationRepeated: 'nobody answered, asked again', escalationAcknowledged: 'escalation acknowledged',
  acknowledgementFell: 'acknowledged but not reached in time', escalationClosed: 'escalation closed', caseMerged: 'merged with another case', caseClosed: 'closed',
};

export function happeningWords(kind: string): string {
  return words[kind] ?? plainWords(kind);
}

/** Whose case it was. */
export function happeningName(happening: Happening): string {
  return happening.customer ?? (happening.number > 0 ? `Case ${happening.number}` : sentence(happening.kind));
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
