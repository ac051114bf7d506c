import { describe, expect, it } from 'vitest';
import { byDue, lookState, type Place, type Review } from './review-data';

const review = (id: string, at: string): Review => ({ id, place: 'maps', complains: true, type: 'quality', at, awaitsReply: true });
const place = (times: Partial<Place>): Place => ({ id: 'maps', name: 'Maps', url: 'https://maps.example', lookEvery: 'PT24H', missedLooks: 0, reviews: 0, awaitingReply: 0, months: [], ...times });

describe('reviews', () => {
  it('REV-2: whose answer is due first comes first, what has no clock last', () => {
    const [late, soon, none] = [review('late', '2026-11-19T08:00:00Z'), review('soon', '2026-11-19T10:00:00Z'), review('none', '2026-11-01T00:00:00Z')];
    const times = new Map([['late', '2026-11-20T08:00:00Z'], ['soon', '2026-11-19T12:00:00Z']]);
    expect(byDue([none, late, soon], times).map((each) => each.id)).toEqual(['soon', 'late', 'none']);
  });

  it('REV-1: a look is close in the last eighth of its time, and over when nobody looked', () => {
    const looked = place({ lookedAt: '2026-11-19T00:00:00Z', lookBy: '2026-11-20T00:00:00Z' });
    expect(lookState(looked, Date.parse('2026-11-19T20:59:00Z'))).toBe('ok');
    expect(lookState(looked, Date.parse('2026-11-19T21:00:00Z'))).toBe('warn');
    expect(lookState(looked, Date.parse('2026-11-20T00:00:00Z'))).toBe('over');
    expect(lookState(place({ lookBy: '2026-11-22T00:00:00Z', overdueSince: '2026-11-20T00:00:00Z' }), 0)).toBe('over');
  });
});
