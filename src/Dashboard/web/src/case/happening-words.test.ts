import { afterEach, expect, test } from 'vitest';
import { language } from '../shared/texts.svelte';
import { tabs } from '../work/panes';
import { weekdayWords } from '../work/promise-dates';
import type { Happening } from './case-data';
import { tell } from './happening-words';
import { reasonWord } from './outlook-words';
import { remedyReasons } from './remedy-words';

afterEach(() => language.choose('en'));

const happening = (kind: string, data: Happening['data']): Happening => ({ kind, version: 0, at: '2026-11-19T12:00:00Z', by: 'ana', data });
const titles = (...happenings: readonly Happening[]): readonly string[] => happenings.map((each) => tell(each).title);

test('what happened is told in the reader’s language, the platform’s codes too', async () => {
  const opened = happening('caseOpened', { channel: 'phone', claim: { amount: 320, currency: 'EUR' } });
  const risen = happening('escalationRisen', { from: 'head', to: 'management', because: 'noContact' });
  const paused = happening('casePaused', { reason: 'waitingForCustomer' });
  expect(titles(opened, risen, paused)).toEqual(['Customer complained by phone, claims €320', 'Escalated further, dept head to management', 'Clocks paused: waiting for customer']);
  await language.choose('ru');
  expect(titles(opened, risen, paused)).toEqual(['Клиент подал жалобу по телефону, требует 320\u00a0€', 'Эскалация выше: рук. отдела → руководство', 'Сроки на паузе: ждём клиента']);
  expect(tell(risen).detail).toBe('С клиентом не связались вовремя.');
  await language.choose('ro');
  expect(titles(opened, paused)).toEqual(['Clientul a depus o reclamație telefonic, cere 320\u00a0EUR', 'Termene în pauză: așteptăm clientul']);
});

test('people’s own words stay as they are, and a code that a policy has added reads as its words', async () => {
  await language.choose('ru');
  expect(tell(happening('noteAdded', { note: 'Call at nine.' })).detail).toBe('Call at nine.');
  expect(titles(happening('casePaused', { reason: 'waitingForTheBank' }))).toEqual(['Сроки на паузе: waiting for the bank']);
});

test('the reason of an escalation is what somebody said, or its cause in words', async () => {
  const raised = (cause: string, reason: string): string | undefined => tell(happening('escalationRaised', { level: 'head', cause, reason })).detail;
  expect([raised('word', 'I need help.'), raised('clock.breached:silence', '')]).toEqual(['I need help.', 'Clock breached']);
  await language.choose('ro');
  expect(raised('approval.overdue:a1', '320 EUR waits to be decided.')).toBe('Aprobare întârziată');
});

test('counts have the plural forms of their language', async () => {
  const moved = (value: number): string => reasonWord({ code: 'promises.moved', value, text: '' });
  await language.choose('ru');
  expect([1, 2, 5, 21].map(moved)).toEqual(['обещанные даты переносили 1 раз', 'обещанные даты переносили 2 раза', 'обещанные даты переносили 5 раз', 'обещанные даты переносили 21 раз']);
  await language.choose('ro');
  expect([1, 2, 20].map(moved)).toEqual(['date promise mutate o dată', 'date promise mutate de 2 ori', 'date promise mutate de 20 de ori']);
});

test.each(language.all)('in %s the short word of a tab is part of its name, and weeks begin on Monday', async (tag) => {
  await language.choose(tag);
  expect(tabs.filter((tab) => !tab.words.toLowerCase().includes(tab.short.toLowerCase()))).toEqual([]);
  expect(weekdayWords()[0]).toBe({ en: 'Mo', ru: 'Пн', ro: 'Lu' }[tag]);
});

test('CLM-2: a recommendation gives its reasons in the reader’s language, or as the platform says them', async () => {
  const because = [{ code: 'claim.above', values: { amount: '320 EUR', limit: '50 EUR', level: 'head' } }, { code: 'weather', values: {} }];
  await language.choose('ru');
  expect(remedyReasons({ remedy: 'choice', reasons: ['The claim is above the limit.', 'It rains.'], because })).toEqual([
    'Требование 320 EUR выше лимита оператора 50 EUR; о деньгах решает: рук. отдела.', 'It rains.',
  ]);
});

test('LNG-2: a letter of the law is told by its name, and by its code until the names are here', () => {
  expect(titles(happening('letterDecided', { letter: 2, pack: 'uk-disp', name: 'finalResponse' }))).toEqual(['Letter of the law: final response']);
});
