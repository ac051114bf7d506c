import { describe, expect, test } from 'vitest';
import type { CaseView } from './case-data';
import type { CustomerRecord } from './customer-record';
import { inTouch } from './in-touch';
import { reasonWord } from './outlook-words';

const shown: CaseView = {
  id: 'c1', version: 1, number: 20418, stage: 'options', round: 1, heat: 'calm', type: 'quality', level: 'buffer',
  clocks: [], promises: [], escalations: [], approvals: [], callTasks: [],
};
const record: CustomerRecord = { experiences: [], others: [], more: 0, promises: { all: 0, keptOnFirstDate: 0, keptAfterMove: 0, open: 0, lapsed: 0 } };

describe('CUS-3: reasons to be in touch', () => {
  test('what is bound to an instant comes first, the nearest before the others', () => {
    const busy: CaseView = {
      ...shown,
      unansweredSince: '2026-11-19T10:00:00Z',
      clocks: [{ name: 'silence', kind: 'internal', dueAt: '2026-11-19T16:25:00Z', state: 'running' }],
      promises: [{ id: 'p1', text: 'Delivered and fitted', dueAt: '2026-11-21T12:00:00Z', revision: 0, state: 'open' }, { id: 'p2', dueAt: '2026-11-20T12:00:00Z', revision: 0, state: 'kept' }],
    };
    const outlook = { outcome: 'loyal', ratedCases: 1, reasons: [], followUp: 'Thank them.' } as const;
    expect(inTouch(busy, { ...record, outlook }).map((each) => [each.key, each.at === undefined ? undefined : new Date(each.at).toISOString()])).toEqual([
      ['answer', '2026-11-19T10:00:00.000Z'], ['silence', '2026-11-19T16:25:00.000Z'], ['p1', '2026-11-22T12:00:00.000Z'], ['outlook', undefined],
    ]);
  });

  test('a closed case of which nothing was said is one, and its own clocks are none', () => {
    const closed: CaseView = { ...shown, stage: 'closed', outcome: 'agreed', unansweredSince: '2026-11-19T10:00:00Z' };
    expect(inTouch(closed, record).map((each) => each.key)).toEqual(['survey']);
    expect(inTouch({ ...closed, survey: { got: 3 } }, record)).toEqual([]);
    expect(inTouch({ ...closed, outcome: 'merged' }, record)).toEqual([]);
    expect(inTouch(shown, { ...record, others: [closed] }).map((each) => each.key)).toEqual(['survey']);
  });
});

test.each([
  ['experience.gap', -2, 'got 2 points less than expected, of 5'], ['experience.gap', 1, 'got 1 point more than expected, of 5'],
  ['promises.lapsed', 1, '1 promise not kept by the date that held'], ['promises.moved', 2, 'promised dates moved 2 times'],
  ['promises.kept', 3, '3 promises kept in time'], ['rounds.again', 4, 'what was agreed did not settle it, 4 times'], ['unknown', 1, 'as the host says it'],
])('CUS-3: what an outlook rests on: %s', (code, value, words) => {
  expect(reasonWord({ code, value, text: 'as the host says it' })).toBe(words);
});
