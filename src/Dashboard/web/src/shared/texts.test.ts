import { afterAll, describe, expect, test } from 'vitest';
import { clockTime, decimal, fullInstant, money, percent, roughly, timeLeft } from './format';
import { refusalWords } from './refusal';
import { figure, known, language, t } from './texts.svelte';

type Text = string | Readonly<Record<string, string>>;

const files = import.meta.glob<Readonly<Record<string, Text>>>('../../../../Silo/Policy/texts/staff/*/*.json', { import: 'default', eager: true });
const english = Object.entries(files).filter(([path]) => path.includes('/en/'));

/** Words that are the same in another language. */
const same: ReadonlySet<string> = new Set(['{count} s', '{count} min', '{count} h', '{hours} h {minutes}', '{count} ms', 'agent', 'administrator', 'specialist', 'Contact', 'calm', 'public', 'Decide', 'R{round}']);

describe.each(language.all)('LNG-1: the texts in %s', (tag) => {
  const { pluralCategories: categories } = new Intl.PluralRules(tag).resolvedOptions();
  /** `one` may be one alone, or 21 too, which has to be said. */
  const oneIsMany = new Intl.PluralRules(tag).select(21) === 'one';

  test('are of the same areas and keys as the English ones', () => {
    expect(Object.keys(files).filter((path) => path.includes(`/${tag}/`))).toEqual(english.map(([path]) => path.replace('/en/', `/${tag}/`)));
    for (const [path, texts] of english) {
      expect(Object.keys(files[path.replace('/en/', `/${tag}/`)]!).toSorted(), path).toEqual(Object.keys(texts).toSorted());
    }
  });

  test.each(english)('are whole: %s', (path, texts) => {
    const faults: string[] = [];
    for (const [key, here] of Object.entries(files[path.replace('/en/', `/${tag}/`)]!)) {
      const there = texts[key] ?? '';
      const forms = formsOf(here);
      if (typeof here !== typeof there || placesOf(here).join() !== placesOf(there).join()) {
        faults.push(`${key} has other places than in English: ${placesOf(here).join()}`);
      }
      if (typeof here === 'object' && Object.keys(here).toSorted().join() !== categories.toSorted().join()) {
        faults.push(`${key} has the forms ${Object.keys(here).join()} instead of ${categories.join()}`);
      }
      if (typeof here === 'object' && oneIsMany && placesOf(here['one'] ?? '').join() !== placesOf(here).join()) {
        faults.push(`${key} says 21 as if it were 1`);
      }
      if (forms.some((form) => form.trim() === '')) {
        faults.push(`${key} is empty`);
      }
      if (tag !== 'en' && forms.some((form) => formsOf(there).includes(form) && /\p{L}/u.test(form.replaceAll(/\{\w+\}/g, '')) && !same.has(form))) {
        faults.push(`${key} is English`);
      }
    }
    expect(faults).toEqual([]);
  });
});

describe('LNG-1: what is said', () => {
  afterAll(() => language.choose('en'));

  test('follows the language that is chosen, with its plural forms, dates and figures', async () => {
    expect([1, 2, 5, 21].map((count) => t('shared.days', { count }))).toEqual(['1 day', '2 days', '5 days', '21 days']);
    expect([figure(48_211_907), percent(0.973), decimal(4.25), money(980, 'EUR'), timeLeft(-3_900_000)]).toEqual(['48\u2009211\u2009907', '97.3%', '4.3', '€980', '+1 h 05']);

    await language.choose('ru');
    expect([1, 2, 5, 21, 22].map((count) => t('shared.days', { count }))).toEqual(['1 день', '2 дня', '5 дней', '21 день', '22 дня']);
    expect([percent(0.973), decimal(4.25), roughly(180_000), timeLeft(3_900_000)]).toEqual(['97,3\u00a0%', '4,3', '3 мин', '1 ч 05']);
    expect(fullInstant(Date.parse('2026-11-19T14:32:08Z'))).toContain('ноября');

    await language.choose('ro');
    expect([1, 2, 21].map((count) => t('shared.days', { count }))).toEqual(['1 zi', '2 zile', '21 de zile']);
    expect([clockTime(0), percent(1)]).toEqual([expect.stringMatching(/^\d\d:\d\d$/), '100\u00a0%']);
  });

  test('a code that no text knows has no words, and a language without texts changes nothing', async () => {
    expect(known('shared.stage.paradise')).toBeUndefined();
    expect(known('nowhere.at')).toBeUndefined();
  });

  test('a refusal is said in the reader’s language when its code is known there, else as the platform says it', async () => {
    await language.choose('en');
    expect(await refusalWords('case.closed', 'Case 7 was closed on 19 November.')).toBe('Case 7 was closed on 19 November.');
    await language.choose('ru');
    expect(await refusalWords('case.closed', 'Case 7 was closed on 19 November.')).toBe(known('refusals.case.closed'));
    expect(await refusalWords('request.invalid', 'dueAt: a time is expected.')).toContain(': dueAt: a time is expected.');
    expect(await refusalWords('case.newer', 'Something new.')).toBe('Something new.');
  });
});

function formsOf(text: Text): readonly string[] {
  return typeof text === 'string' ? [text] : Object.values(text);
}

function placesOf(text: Text): readonly string[] {
  return [...new Set(formsOf(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].toSorted();
}
