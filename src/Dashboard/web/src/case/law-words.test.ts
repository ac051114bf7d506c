import { afterEach, expect, test } from 'vitest';
import { inLanguage } from '../shared/policy-names.svelte';
import { refusalWords } from '../shared/refusal';
import { language, loadTexts } from '../shared/texts.svelte';
import { lackWords, type Lack } from './law-data';

afterEach(() => language.choose('en'));

const nameIn = { en: 'the day of the final response', ro: 'ziua răspunsului final', ru: 'день окончательного ответа' };
const late: Lack = {
  part: 'fields.expected', says: 'is 2027-01-31, later than 2027-01-20: the day', nameIn,
  because: [{ code: 'field.tooLate', values: { value: '2027-01-31', last: '2027-01-20', clock: 'acknowledge' } }],
};

test('LNG-2: a name of the policy is read in the reader’s language, else in English, else as it came', async () => {
  await language.choose('ru');
  expect([inLanguage(nameIn, ''), inLanguage({ en: 'Team' }, ''), inLanguage(undefined, 'uk-disp')]).toEqual(['день окончательного ответа', 'Team', 'uk-disp']);
});

test('LNG-2: what a letter lacks is said by its name and its fault, with days and clocks in the reader’s words', async () => {
  expect(lackWords(late)).toBe('The day of the final response: 31 Jan 2027 is too late: the last day is 20 Jan 2027 (contact after complaint)');
  await language.choose('ro');
  expect(lackWords(late)).toMatch(/^Ziua răspunsului final: 31 ian\. 2027 este prea târziu: ultima zi este 20 ian\. 2027 \(.+\)$/);
  expect(lackWords({ ...late, because: [{ code: 'field.newer', values: {} }] })).toBe('Ziua răspunsului final: is 2027-01-31, later than 2027-01-20: the day');
});

test('LNG-2: a refusal that names what it is about is said with it; one that was recorded without says less', async () => {
  await loadTexts('refusals');
  await language.choose('ru');
  const detail = 'The letter holding could be sent until …';
  expect(await refusalWords('letter.tooLate', detail, { letter: 'holding', until: '2026-11-19T12:00:00Z' })).toContain('«holding» можно было отправить только до чт, 19');
  expect(await refusalWords('letter.tooLate', detail, { letter: 'holding' })).toBe('Отправлять это письмо уже поздно.');
  expect(await refusalWords('letter.tooLate', detail)).toBe('Отправлять это письмо уже поздно.');
});
