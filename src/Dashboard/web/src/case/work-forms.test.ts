import { expect, test } from 'vitest';
import { bodyOf, nextStage, otherForms, stageForms } from './work-forms';
import type { CaseView } from './case-data';

const shown: CaseView = {
  id: '1', version: 1, stage: 'options', round: 1, heat: 'calm', type: 'quality', level: 'buffer', clocks: [], promises: [], escalations: [], approvals: [], callTasks: [],
  options: [{ number: 1, round: 1, text: 'A new one' }, { number: 2, round: 1 }],
};

test('money goes as an amount with its currency, and not at all when none is given', () => {
  const [offer] = stageForms(shown);
  expect(bodyOf(offer!, { text: ' A new one ', amount: '12.5', currency: 'eur' })).toEqual({ text: 'A new one', cost: { amount: 12.5, currency: 'EUR' } });
  expect(bodyOf(offer!, { text: 'A new one' })).toEqual({ text: 'A new one' });
});

test('an agreement names the options by number', () => {
  const [agree] = stageForms({ ...shown, stage: 'agreement' });
  expect(bodyOf(agree!, { text: 'Yes', options: '1,2', remedyGiven: 'true' })).toEqual({ text: 'Yes', options: [1, 2], remedyGiven: true });
  expect(bodyOf(agree!, { text: 'Yes', options: '' })).toEqual({ text: 'Yes', options: [], remedyGiven: false });
});

test('each stage leads to the next, and the last is closed with an outcome', () => {
  expect([nextStage('contact'), nextStage('agreement'), nextStage('followThrough'), nextStage('closed')]).toEqual(['clarify', 'followThrough', undefined, undefined]);
  expect(stageForms({ ...shown, stage: 'followThrough' }).map((form) => form.path)).toEqual(['close']);
});

test('a closed case can only be reopened, and the next round needs a first', () => {
  expect(otherForms({ ...shown, stage: 'closed' }).map((form) => form.path)).toEqual(['reopen']);
  expect(otherForms({ ...shown, stage: 'contact' }).some((form) => form.path === 'stage')).toBe(false);
  expect(bodyOf(otherForms(shown).find((form) => form.path === 'stage')!, { reason: 'still broken' })).toEqual({ to: 'contact', reason: 'still broken' });
});
