import { describe, expect, test } from 'vitest';
import { Problem } from '../shared/http';
import { Acts, overlay, type Act, type Refusal } from './acts';
import type { BoardRow } from './protocol';
import { actionsOf, mainAction } from './row-actions';
import { acknowledge, decide, handTo, setHeat, takeOver } from './wishes';

const row = (fields: Partial<BoardRow> = {}): BoardRow =>
  ({ id: 'c1', version: 3, number: 20001, customer: 'Vera', heat: 'calm', callTasks: 0, escalations: [], promises: [], ...fields }) as unknown as BoardRow;
const approval = (askedBy: string) => ({ id: 'a1', kind: 'concession', askedBy, askedAt: '', decideBy: '' });
const irina = { user: 'irina', supervisor: true };

function ledger(send: (path: string, body: unknown, key: string) => Promise<unknown>) {
  const seen: { acts: readonly Act[]; refusals: readonly Refusal[] } = { acts: [], refusals: [] };
  return { seen, acts: new Acts({ send, changed: (acts, refusals) => Object.assign(seen, { acts, refusals }) }) };
}

describe('BRD-5', () => {
  test('what was done shows at once, until the board shows it by itself', async () => {
    let answer: (value: unknown) => void = () => {};
    const { seen, acts } = ledger(() => new Promise((resolve) => (answer = resolve)));
    const asked = acts.ask(takeOver(row({ queued: true }), 'irina', 'k1'));
    expect(overlay([row({ queued: true })], seen.acts)).toEqual([row({ owner: 'irina' })]);
    answer({ version: 5 });
    expect(await asked).toBe('done');

    // Another change of the case comes first: ours is still ahead of the board.
    acts.settle([row({ version: 4 })]);
    expect(overlay([row({ version: 4 })], seen.acts)[0]?.owner).toBe('irina');
    const ours = row({ version: 5, owner: 'somebody' });
    expect(overlay([ours], seen.acts)).toEqual([ours]);
    acts.settle([ours]);
    expect(seen.acts).toEqual([]);
  });

  test('a rule’s no takes it back and is said in the rule’s own words', async () => {
    const { seen, acts } = ledger(() => Promise.reject(new Problem(409, 'case.closed', 'Case 20001 was closed.')));
    expect(await acts.ask(setHeat(row(), 'public', '', 'k1'))).toBe('refused');
    expect(overlay([row()], seen.acts)[0]?.heat).toBe('calm');
    expect(seen.refusals).toEqual([{ key: 'k1', caseId: 'c1', words: 'Heat public', customer: 'Vera', detail: 'Case 20001 was closed.' }]);
    acts.forget('k1');
    expect(seen.refusals).toEqual([]);
  });

  test('what nobody answered is sent again with the same keys', async () => {
    const keys: string[] = [];
    const { seen, acts } = ledger((_, __, key) => {
      keys.push(key);
      return keys.length === 1 ? Promise.reject(new Problem(0, 'network', 'Not reached.')) : Promise.resolve({ version: 4 });
    });
    await acts.ask(handTo(row(), 'ana', 'k1'));
    expect(await acts.ask(seen.refusals[0]!.again!)).toBe('done');
    expect(keys).toEqual(['k1-0', 'k1-0']);
    expect(seen.refusals).toEqual([]);
  });

  test('all escalations of a case are acknowledged, one after another', async () => {
    const paths: string[] = [];
    const { seen, acts } = ledger((path) => Promise.resolve({ version: paths.push(path) + 3 }));
    const escalated = row({ escalations: [{ id: 'e1' }, { id: 'e2' }] as unknown as BoardRow['escalations'] });
    const asked = acts.ask(acknowledge(escalated, ['e1', 'e2'], 'k'));
    expect(overlay([escalated], seen.acts)[0]?.escalations).toEqual([]);
    await asked;
    expect(paths).toEqual(['/api/escalations/e1/acknowledge', '/api/escalations/e2/acknowledge']);
    expect(seen.acts[0]?.version).toBe(5);
  });

  test('a decision takes its approval off the row, and only that', () => {
    const asked = row({ approvals: [approval('ana'), { ...approval('dan'), id: 'a2' }] });
    const act = decide(asked, 'a1', false, 'Not this time.', 'k');
    expect(act.sends[0]?.body).toEqual({ approve: false, reason: 'Not this time.' });
    expect(act.shows(asked).approvals?.map((each) => each.id)).toEqual(['a2']);
  });

  test('what cannot be done now says why', () => {
    const why = (fields: Partial<BoardRow>, who = irina, barrier = ''): Record<string, string | undefined> =>
      Object.fromEntries(actionsOf(row(fields), who, barrier).map((action) => [action.kind, action.off]));
    expect(why({ owner: 'irina' })['take']).toBe('It is yours already');
    expect(why({})['acknowledge']).toBe('No escalation waits to be acknowledged');
    expect(why({ approvals: [approval('irina')] })['decide']).toBe('Someone else has to decide what you asked for');
    expect(why({ approvals: [approval('ana')] }, { user: 'dan', supervisor: false })['decide']).toBe('A supervisor decides this');
    expect(why({ approvals: [approval('ana')] })['decide']).toBeUndefined();
    const stale = why({}, irina, 'The board is stale: reconnect first');
    expect(stale['take']).toBe('The board is stale: reconnect first');
    expect(stale['call']).toBeUndefined();
  });

  test('the button is what somebody waits for', () => {
    const main = (fields: Partial<BoardRow>) => mainAction(row(fields), actionsOf(row(fields), irina, '')).kind;
    const escalations = [{ id: 'e1' }] as unknown as BoardRow['escalations'];
    expect(main({ approvals: [approval('ana')], escalations })).toBe('decide');
    expect(main({ escalations })).toBe('acknowledge');
    expect(main({ callTasks: 1 })).toBe('call');
    expect(main({})).toBe('take');
    expect(main({ owner: 'ana' })).toBe('open');
  });
});
