import { afterEach, expect, test } from 'vitest';
import { dueInstant, dueInZone, dueTime, duration } from './format';
import { language } from './texts.svelte';

afterEach(() => language.choose('en'));

test.each([
  ['P3DT8H', '3 d 8 h'],
  ['PT90M', '90 min'],
  ['PT1H30M', '1 h 30 min'],
  ['PT0.5S', '0.5 s'],
  ['PT0S', '0 s'],
  ['P1Y', 'P1Y'],
])('%s reads as %s', (iso, words) => {
  expect(duration(iso)).toBe(words);
});

test('LNG-3: what is due at midnight is due by the end of the day before, in the reader’s language', async () => {
  const midnight = new Date(2026, 11, 4).getTime();
  expect([dueTime(midnight, midnight), dueInstant(midnight)]).toEqual(['the end of Thu 3 Dec', 'the end of Thu 3 Dec']);
  expect(dueTime(midnight + 60_000, midnight)).toBe('00:01');
  expect(dueInZone(Date.parse('2026-12-03T22:00:00Z'), 'Europe/Chisinau')).toBe('the end of Thu 3 Dec Europe/Chisinau');
  expect(dueInZone(Date.parse('2026-12-03T22:30:00Z'), 'Europe/Chisinau')).toContain('00:30');
  await language.choose('ro');
  expect(dueInstant(midnight)).toBe('joi, 3 dec., la sfârșitul zilei');
  await language.choose('ru');
  expect(dueInstant(midnight)).toBe('чт, 3 дек., до конца дня');
});
