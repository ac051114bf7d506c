import { describe, expect, test } from 'vitest';
import { shareOf, zonesOf } from '../case/claim-scale';
import { ledgerOf } from '../case/customer-record';
import type { CaseView } from '../case/case-data';
import { nextStep } from './next-step';
import type { Playbook } from './playbook';
import { addMonth, aheadBy, goodHour, monthWeeks } from './promise-dates';
import { readMoney } from './read-money';

const shown: CaseView = {
  id: '1', version: 1, stage: 'contact', round: 1, heat: 'calm', type: 'quality', level: 'buffer', clocks: [], promises: [], escalations: [], approvals: [], callTasks: [],
};
const agreement = (yes: boolean, commitment: boolean): Playbook => ({
  stages: [{ stage: 'agreement', aim: { text: '' }, phrases: [], steps: [
    { text: 'yes', does: 'agreement', required: true, done: yes }, { text: 'promise', does: 'commitment', required: true, done: commitment },
  ] }],
}) as unknown as Playbook;

describe('DSK-7: what to do next', () => {
  test.each([
    ['contact', ['a contact'], undefined, { words: 'Log contact', pane: 'log' }],
    ['contact', [], undefined, { words: 'On to Clarify', to: 'clarify' }],
    ['clarify', ['the facts'], undefined, { words: 'Record facts', pane: 'facts' }],
    ['options', ['two solutions'], undefined, { words: 'Offer two solutions', pane: 'two' }],
    ['agreement', ['the yes', 'a promise'], agreement(false, false), { words: 'Record agreement', pane: 'agreement' }],
    ['agreement', ['a promise'], agreement(true, false), { words: 'Make promise', pane: 'promise' }],
    ['agreement', ['the yes'], agreement(false, true), { words: 'Record agreement', pane: 'agreement' }],
    ['followThrough', ['use close'], undefined, { words: 'Close the case', pane: 'close' }],
    ['closed', [], undefined, { words: 'Reopen', pane: 'reopen' }],
  ] as const)('in %s with %j missing', (stage, missing, playbook, next) => {
    expect(nextStep({ ...shown, stage, missing }, playbook)).toEqual(next);
  });

  test('what the customer waits for goes before the stage, in the order of the desk', () => {
    const promise = { id: 'p1', dueAt: '', revision: 0, state: 'open', ask: 'asked' } as const;
    const call = { number: 1, reason: 'callMe', raisedAt: '' };
    const busy: CaseView = { ...shown, missing: ['a contact'], unansweredSince: '2026-11-19T12:00:00Z', callTasks: [call], promises: [promise] };
    expect([
      nextStep(busy, undefined).words,
      nextStep({ ...busy, promises: [{ ...promise, state: 'kept' }] }, undefined).words,
      nextStep({ ...busy, promises: [], callTasks: [{ ...call, doneAt: '' }] }, undefined).words,
      nextStep({ ...busy, promises: [], callTasks: [], stage: 'closed' }, undefined).words,
    ]).toEqual(['Reason and new date', 'Call the customer', 'Answer the customer', 'Reopen']);
  });

  test('no case is closed over an open promise', () => {
    expect(nextStep({ ...shown, stage: 'followThrough', promises: [{ id: 'p1', dueAt: '', revision: 0, state: 'explained' }] }, undefined).pane).toBe('keep');
  });
});

describe('CLM-1: the scale of who decides', () => {
  const zones = zonesOf([{ level: 'buffer', upTo: 50 }, { level: 'head', upTo: 500 }, { level: 'management' }]);

  test.each([[25, 0.5 / 3], [275, 1.5 / 3], [750, 2.5 / 3], [1_000_000, 2.95 / 3]])('%d stands in its zone', (amount, share) => {
    expect(shareOf(amount, zones)).toBeCloseTo(share, 5);
  });
});

test.each([
  ['', undefined], ['12.50', { amount: 12.5, currency: 'EUR' }], ['240 mdl', { amount: 240, currency: 'MDL' }], ['12,5', { amount: 12.5, currency: 'EUR' }],
  ['about ten', 'nonsense'], ['-5', 'nonsense'],
])('an amount written as “%s”', (text, money) => {
  expect(readMoney(text, 'EUR')).toEqual(money);
});

test('CUS-2: a promise that stands in another case, or was withdrawn, is not counted', () => {
  const promise = (state: string, revision: number): CaseView['promises'][number] => ({ id: state, dueAt: '', revision, state }) as CaseView['promises'][number];
  expect(ledgerOf([{ ...shown, promises: [promise('kept', 0), promise('kept', 1), promise('merged', 0), promise('lapsed', 2), promise('withdrawn', 0), promise('open', 0)] }]))
    .toEqual({ all: 4, keptOnFirstDate: 1, keptAfterMove: 1, open: 1, lapsed: 1 });
});

describe('PRM-1: the customer’s calendar', () => {
  test('a month has its days on their weekdays', () => {
    const weeks = monthWeeks('2026-11-20');
    expect([weeks[0], weeks.length, weeks.at(-1)![0]]).toEqual([['', '', '', '', '', '', '2026-11-01'], 6, '2026-11-30']);
    expect(monthWeeks('2026-02-01')).toHaveLength(5);
  });

  test('the month before and after keep the day where they can', () => {
    expect([addMonth('2026-11-30', 1), addMonth('2026-12-31', 2), addMonth('2027-01-15', -1)]).toEqual(['2026-12-30', '2027-02-28', '2026-12-15']);
  });

  test('a date that is proposed falls into waking hours', () => {
    const at = (time: string): string => goodHour(Date.parse(`2026-11-19T${time}Z`), 'UTC');
    expect([at('12:10'), at('04:00'), at('22:30'), at('20:30')]).toEqual(['2026-11-19T13:00', '2026-11-19T10:00', '2026-11-20T10:00', '2026-11-20T10:00']);
  });

  test('how far clocks are apart, daylight saving counted', () => {
    const at = Date.parse('2026-11-19T12:00:00Z');
    expect([aheadBy(at, 'Europe/Prague', 'Europe/Chisinau'), aheadBy(at, 'Asia/Kolkata', 'UTC'), aheadBy(at, 'UTC', 'UTC')]).toEqual(['1 h behind you', '5 h 30 min ahead of you', '']);
  });
});
