import { describe, expect, test } from 'vitest';
import { Problem } from '../shared/http';
import { Outbox, type Wish } from '../shared/outbox';
import type { CaseView } from './case-data';
import { acknowledgeWish, decideWish, pauseWish, resumeWish, revokeWish, type Asked } from './case-wishes';

const shown: CaseView = {
  id: 'c1', version: 1, number: 20418, stage: 'options', round: 1, heat: 'calm', type: 'quality', level: 'head', customer: { name: 'Vera Lungu' },
  clocks: [], promises: [], escalations: [], approvals: [], callTasks: [],
};
const clicks: readonly Asked[] = [
  pauseWish(shown, 'waitingForCustomer'), acknowledgeWish(shown, 'c1-e1'), decideWish(shown, 'c1-a1'), decideWish(shown, 'c1-a2', 'Too late.'), resumeWish(shown), revokeWish(shown),
];

describe('CASE-5: what is clicked on a case’s page', () => {
  test('says what it is, whose, and where to', () => {
    expect(clicks.map((each) => [each.path, each.body, each.words])).toEqual([
      ['/api/cases/c1/pause', { reason: 'waitingForCustomer' }, 'Pause the clocks, Vera Lungu'],
      ['/api/escalations/c1-e1/acknowledge', {}, 'Acknowledge, Vera Lungu'],
      ['/api/approvals/c1-a1/decide', { approve: true }, 'Approve, Vera Lungu'],
      ['/api/approvals/c1-a2/decide', { approve: false, reason: 'Too late.' }, 'Deny, Vera Lungu'],
      ['/api/cases/c1/resume', {}, 'Let the clocks go on, Vera Lungu'],
      ['/api/cases/c1/links/revoke', {}, 'Revoke links, Vera Lungu'],
    ]);
  });

  test('is not lost with the line or the page, and is done once, in order', async () => {
    let stored = '';
    let line: 'down' | 'losesAnswers' | 'up' = 'down';
    const did: Wish[] = [];
    const open = (): Outbox => new Outbox({
      read: () => stored,
      write: (text) => (stored = text),
      user: () => 'ana',
      after: () => () => {},
      changed: () => {},
      send: async (wish) => {
        await Promise.resolve();
        if (line !== 'down' && !did.some((each) => each.key === wish.key)) {
          did.push(wish);
        }
        if (line !== 'up') {
          throw new Problem(0, 'network', 'The platform could not be reached.');
        }
        return {};
      },
    });

    const box = open();
    const outcomes = await Promise.all(clicks.map((each, i) => box.ask({ ...each, key: `k${i}`, user: 'ana' })));
    expect(outcomes.map((each) => each.kind)).toEqual(clicks.map(() => 'waiting'));
    line = 'losesAnswers';
    await box.flush();
    line = 'up';
    await open().flush();

    expect(did.map((each) => [each.key, each.path])).toEqual(clicks.map((each, i) => [`k${i}`, each.path]));
    expect(stored).toBe('');
  });
});
