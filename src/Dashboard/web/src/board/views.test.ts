import { describe, expect, test } from 'vitest';
import { alertsOf, readKinds, riskAlert } from './alerts';
import type { Happening } from './happenings';
import { readAt, shareOf, spanFor, spans, ticksOf, writeAt } from './time-scale';
import { chipsOf, queryOf, readSaved, saveView, viewOf } from './views';

const names = { team: (id: string) => ({ front: 'Front line' })[id] ?? id, person: (id: string) => id.toUpperCase() };

describe('BRD-4', () => {
  test('the address says which cases are shown, and nothing else of it is of the view', () => {
    const query = new URLSearchParams('level=head,management&at=2026-11-19T14%3A00%3A00Z&q=two+words&sort=heat&case=&theme=dark');
    expect(viewOf(query)).toEqual({ level: 'head,management', q: 'two words', sort: 'heat' });
    expect(queryOf(query)).toBe('q=two+words&level=head,management&sort=heat');
    expect(queryOf(new URLSearchParams(queryOf(query)))).toBe(queryOf(query));
  });

  test('a filter is told in words', () => {
    const view = viewOf(new URLSearchParams('level=head,management&team=front&owner=ana&type=longWait&q=kit&sort=heat'));
    expect(chipsOf(view, names).map((chip) => chip.words)).toEqual(['“kit”', 'dept head or management', 'Long wait', 'Front line', 'of ANA']);
  });

  test('a view is saved under its name once, and nonsense in the browser’s store is no view', () => {
    let saved = saveView([], 'Mine', 'owner=irina');
    saved = saveView(saved, 'Hot', 'heat=public');
    saved = saveView(saved, 'Mine', 'owner=irina&sort=heat');
    expect(saved).toEqual([{ name: 'Hot', query: 'heat=public' }, { name: 'Mine', query: 'owner=irina&sort=heat' }]);
    expect(readSaved(JSON.stringify(saved))).toEqual(saved);
    expect([readSaved(null), readSaved('{'), readSaved('[null, {"name": 1}]'), readSaved('7')]).toEqual([[], [], [], []]);
  });
});

describe('BRD-6', () => {
  const now = Date.parse('2026-11-19T14:32:08Z');
  const [hour, eight] = spans;

  test('now is a third into the axis, and the span grows until the instant is on it', () => {
    expect(shareOf(now, now, hour)).toBeCloseTo(1 / 3);
    expect(shareOf(now - hour.ms, now, hour)).toBe(0);
    expect(shareOf(now + 2 * hour.ms, now, hour)).toBe(1);
    expect(spanFor(hour, now, now - 2 * hour.ms)).toBe(eight);
    expect(spanFor(eight, now, now - 60_000)).toBe(eight);
    expect(spanFor(hour, now, 0)).toBe(spans.at(-1));
  });

  test('ticks stand at round instants of the wall clock', () => {
    const ticks = ticksOf(now, hour, 0);
    expect(ticks.length).toBeGreaterThan(8);
    expect(ticks.every((tick) => tick.share > 0 && tick.share < 1)).toBe(true);
    expect(ticks[0]?.share).toBeCloseTo(shareOf(Date.parse('2026-11-19T13:45:00Z'), now, hour));
  });

  test('an address of no instant, or of the future, is the live board', () => {
    expect(readAt('2026-11-19T14:00:00Z', now)).toBe(Date.parse('2026-11-19T14:00:00Z'));
    expect([readAt(null, now), readAt('', now), readAt('2026', now), readAt('2026-11-20T14:00:00Z', now), readAt('yesterday Ten', now)]).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(writeAt(now + 999)).toBe('2026-11-19T14:32:08Z');
  });
});

describe('BRD-1', () => {
  const happening = (kind: string, number: number): Happening => ({ kind, case: `c${number}`, number, customer: `Customer ${number}`, at: '', by: '' });

  test('nobody is notified of what they did not choose', () => {
    const news = [happening('escalationRaised', 1), happening('promiseLapsed', 2)];
    expect(alertsOf(news, readKinds(''))).toEqual([]);
    expect(alertsOf(news, readKinds('lapse,nonsense')).map((each) => each.title)).toEqual(['A promise lapsed']);
  });

  test('many at once are one notification that names the first', () => {
    const [alert] = alertsOf([1, 2, 3, 4].map((n) => happening(n % 2 ? 'escalationRaised' : 'escalationRisen', n)), readKinds('escalation'));
    expect(alert).toEqual({ title: '4 escalations', body: 'Customer 1, Customer 2, Customer 3', tag: 'board-escalation', href: '/' });
    expect(alertsOf([happening('escalationRaised', 7)], readKinds('escalation'))[0]?.href).toBe('/case/c7');
  });

  test('more promises at risk are news, fewer are not, and the first figure is none', () => {
    const wanted = readKinds('risk');
    expect(riskAlert(undefined, 3, wanted)).toBeUndefined();
    expect(riskAlert(3, 2, wanted)).toBeUndefined();
    expect(riskAlert(2, 3, wanted)?.title).toBe('3 promises are at risk');
    expect(riskAlert(2, 3, readKinds('lapse'))).toBeUndefined();
  });
});
