import { expect, test } from 'vitest';
import { duration } from './format';

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
