import { get, isRecord, itemsOf } from '../shared/http';

/** A public place of the register: its look clock, and what stands there (REV-1, REV-3). */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly site?: string;
  readonly lookEvery: string;
  readonly lookedAt?: string;
  readonly lookedBy?: string;
  readonly lookBy?: string;
  readonly overdueSince?: string;
  readonly missedLooks: number;
  readonly reviews: number;
  readonly awaitingReply: number;
  readonly rating?: number;
  readonly band?: Band;
  readonly months: readonly RatingMonth[];
}

export type Band = 'needsWork' | 'healthy' | 'looksMadeUp';

export interface RatingMonth {
  readonly month: string;
  readonly reviews: number;
  readonly rating: number;
  readonly band: Band;
}

/** What somebody wrote about us in public (REV-2). */
export interface Review {
  readonly id: string;
  readonly place: string;
  readonly rating?: number;
  readonly complains: boolean;
  readonly type: string;
  readonly language?: string;
  readonly author?: string;
  readonly text?: string;
  readonly url?: string;
  readonly at: string;
  readonly awaitsReply: boolean;
  readonly caseId?: string;
  readonly noCaseBecause?: string;
  readonly reply?: { readonly publishedAt: string; readonly by: string; readonly text?: string };
  readonly erasedAt?: string;
}

/** What we answer everyone, and until when it is true (REV-4). */
export interface Question {
  readonly type: string;
  readonly id: string;
  readonly trueUntil: string;
  readonly stale: boolean;
  readonly texts: Readonly<Record<string, { readonly question: string; readonly answer: string }>>;
}

/** By when each waiting review is to be answered, by its id: the reply clocks of their cases. */
export type ReplyTimes = ReadonlyMap<string, string>;

export async function readPlaces(): Promise<readonly Place[]> {
  return itemsOf(await get('/api/sources')).filter((item) => isRecord(item)) as unknown as readonly Place[];
}

export async function readQuestions(): Promise<readonly Question[]> {
  return itemsOf(await get('/api/questions')).filter((item) => isRecord(item)) as unknown as readonly Question[];
}

export interface ReviewPage {
  readonly items: readonly Review[];
  readonly next: string | undefined;
}

export async function readReviews(waiting: boolean, after?: string): Promise<ReviewPage> {
  const query = new URLSearchParams({ waiting: String(waiting), limit: '50', ...(after === undefined ? {} : { after }) });
  const answer = await get(`/api/reviews?${query}`);
  return {
    items: itemsOf(answer).filter((item) => isRecord(item)) as unknown as readonly Review[],
    next: isRecord(answer) && typeof answer['next'] === 'string' ? answer['next'] : undefined,
  };
}

export async function readReplyTimes(): Promise<ReplyTimes> {
  const rail = await get('/api/board/rail?limit=500');
  const voice = isRecord(rail) ? rail['voice'] : undefined;
  const waiting = isRecord(voice) ? itemsOf(voice['reviews']) : [];
  return new Map(waiting.filter((item) => isRecord(item)).flatMap((item) => (typeof item['id'] === 'string' && typeof item['replyBy'] === 'string' ? [[item['id'], item['replyBy']] as const] : [])));
}

/** Those whose answer is due first, first; what has no clock comes last, the oldest first. */
export function byDue(reviews: readonly Review[], times: ReplyTimes): readonly Review[] {
  const due = (review: Review): number => Date.parse(times.get(review.id) ?? '') || Number.POSITIVE_INFINITY;
  return reviews.toSorted((a, b) => {
    const [first, second] = [due(a), due(b)];
    return first === second ? Date.parse(a.at) - Date.parse(b.at) : first - second;
  });
}

/** How a place's look clock stands now; close is the last eighth of the time between two looks. */
export function lookState(place: Place, now: number): 'ok' | 'warn' | 'over' {
  if (place.overdueSince !== undefined) {
    return 'over';
  }
  const by = Date.parse(place.lookBy ?? '');
  const from = Date.parse(place.lookedAt ?? '') || by - 24 * 3_600_000;
  return (
    Number.isNaN(by) ? 'ok'
    : now >= by ? 'over'
    : now >= by - (by - from) / 8 ? 'warn'
    : 'ok'
  );
}
