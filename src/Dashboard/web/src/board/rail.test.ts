import { describe, expect, test } from 'vitest';
import { MOST, takeHappenings, type Happening } from './happenings';
import { takeViewers, viewersWords } from './presence';
import type { BoardRow } from './protocol';
import { byRoom, railOf, withoutDone, type Agent } from './rail';
import { acknowledge, decide } from './wishes';

const row = (id: string, fields: Partial<BoardRow>): BoardRow => ({ id, number: 1, customer: id, escalations: [], promises: [], ...fields }) as unknown as BoardRow;
const escalation = (id: string, acknowledgeBy: string) => ({ id, level: 'head' as const, cause: 'heat', raisedAt: '2026-11-19T14:00:00Z', acknowledgeBy });

describe('BRD-1', () => {
  test('the rail of a window is what waits in its rows, the most pressing first', () => {
    const rail = railOf([
      row('a', { escalations: [escalation('a1', '2026-11-19T14:40:00Z')] }),
      row('b', { escalations: [escalation('b1', '2026-11-19T14:35:00Z')], promises: [{ id: 'p1', dueAt: 'x', sendBy: 'y', revision: 0, ask: 'unanswered' }, { id: 'p2', dueAt: 'x', sendBy: 'y', revision: 0, ask: 'asked' }] }),
    ]);
    expect(rail.escalations.map((each) => [each.caseId, each.id])).toEqual([['b', 'b1'], ['a', 'a1']]);
    expect(rail.silent.map((each) => each.id)).toEqual(['p1']);
  });

  test('what was dealt with a moment ago is off the rail before the rail says so', () => {
    const approval = (id: string) => ({ id, kind: 'concession', askedBy: 'ana', askedAt: '', decideBy: '' });
    const rail = railOf([row('a', { escalations: [escalation('a1', '1'), escalation('a2', '2')], approvals: [approval('v1'), approval('v2')] }), row('b', { escalations: [escalation('b1', '3')] })]);
    const left = withoutDone(rail, [acknowledge({ id: 'a', number: 1 }, ['a1'], 'k1'), decide({ id: 'a', number: 1 }, 'v2', true, '', 'k2')]);
    expect(left.escalations.map((each) => each.id)).toEqual(['a2', 'b1']);
    expect(left.approvals.map((each) => each.id)).toEqual(['v1']);
    expect(withoutDone(rail, [])).toBe(rail);
  });

  test('who is free comes first', () => {
    const agent = (name: string, presence: Agent['presence'], load: number): Agent => ({ id: name, name, level: 'buffer', presence, load, capacity: 6 });
    expect(byRoom([agent('away', 'away', 0), agent('full', 'available', 6), agent('free', 'available', 1), agent('busy', 'busy', 0)]).map((each) => each.name)).toEqual(['free', 'full', 'busy', 'away']);
  });

  test('the stream of what happens is newest first and bounded, and a new connection starts it over', () => {
    const item = (number: number): Happening => ({ kind: 'promiseKept', case: `c${number}`, number, at: '', by: 'ana' });
    let stream = takeHappenings(undefined, { items: [item(1), item(2)], missed: 0 }, true);
    expect([stream.items.map((each) => each.number), stream.news]).toEqual([[2, 1], []]);
    stream = takeHappenings(stream, { items: [item(3)], missed: 4 }, false);
    expect([stream.items.map((each) => each.number), stream.news.length, stream.missed]).toEqual([[3, 2, 1], 1, 4]);
    for (let i = 0; i < 2 * MOST; i++) {
      stream = takeHappenings(stream, { items: [item(i)], missed: 0 }, false);
    }
    expect(stream.items).toHaveLength(MOST);
    expect(takeHappenings(stream, { items: [item(9)], missed: 0 }, true).items).toHaveLength(1);
  });
});

test('BRD-5: who looks at a case is kept as they come and go, and oneself is not told', () => {
  const ana = { id: 'ana', name: 'Ana', editing: false };
  let known = takeViewers(new Map(), { cases: [{ case: 'a', viewers: [ana, { id: 'me', name: 'Me', editing: false }] }, { case: 'b', viewers: [ana] }] }, true);
  expect(viewersWords(known.get('a'), 'me')).toBe('Ana is looking');
  known = takeViewers(known, { cases: [{ case: 'a', viewers: [{ ...ana, editing: true }] }, { case: 'b', viewers: [] }] }, false);
  expect(viewersWords(known.get('a'), 'me')).toBe('Ana is writing');
  expect(known.has('b')).toBe(false);
  expect(takeViewers(known, { cases: [] }, true).size).toBe(0);
});
