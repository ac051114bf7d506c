import { expect, test } from 'vitest';
import { addSample, halfHours, keptShare, levelLoads, linePath, SAMPLES, type Sample } from './chart-data';
import type { Counts } from './protocol';
import type { Agent } from './rail';
import type { Status } from './status';

const status = (p99Ms: number, fired = 1): Status => ({ lateness: { p99Ms, fired } }) as Status;

test('a line is drawn through the samples, the most of them at the top', () => {
  const samples: Sample[] = [{ at: 0, p99Ms: 10 }, { at: 1, p99Ms: 40 }, { at: 2, p99Ms: 0 }];
  expect(linePath(samples, 100, 40)).toBe('M0.0 30.0L50.0 0.0L100.0 40.0');
  expect(linePath([{ at: 0, p99Ms: 5 }], 100, 40)).toBe('M0.0 0.0');
  expect(linePath([], 100, 40)).toBe('');
});

test('samples are bounded, and there are none before anything has fallen due', () => {
  let samples: readonly Sample[] = addSample([], status(9, 0), 1);
  expect(samples).toEqual([]);
  for (let i = 0; i < 2 * SAMPLES; i++) {
    samples = addSample(samples, status(i), i);
  }
  expect([samples.length, samples.at(-1)?.p99Ms]).toEqual([SAMPLES, 2 * SAMPLES - 1]);
});

test('load of a level is of those who are there', () => {
  const agent = (level: Agent['level'], presence: Agent['presence'], load: number): Agent => ({ id: `${level}${load}`, name: '', level, presence, load, capacity: 5 });
  const counts = { byLevel: { buffer: 7, specialist: 2, head: 0, management: 1 } } as Counts;
  const loads = levelLoads(counts, [agent('buffer', 'available', 3), agent('buffer', 'offline', 4), agent('buffer', 'away', 1), agent('head', 'busy', 6)]);
  expect(loads.map((each) => [each.cases, each.load, each.capacity])).toEqual([[7, 4, 10], [2, 0, 0], [0, 6, 5], [1, 0, 0]]);
});

test('half hours and kept-rates are said as people say them', () => {
  expect(halfHours([{ until: '2026-11-19T15:00:00Z', due: 3, atRisk: 1 }])[0]).toMatchObject({ due: 3, atRisk: 1 });
  expect(keptShare([{ words: 'a', kept: 8, lapsed: 1 }, { words: 'b', kept: 1, lapsed: 0 }])).toBe(0.9);
  expect(keptShare([])).toBeUndefined();
});
