import { get, isRecord, itemsOf, Problem } from '../shared/http';
import { clockTime } from '../shared/format';
import { levels, type Counts, type Level } from './protocol';
import type { Agent, Ahead } from './rail';
import type { Status } from './status';
import { levelWord, typeWord } from './words';

/** The promises of one half hour that is to come. */
export interface HalfHour {
  readonly from: string;
  readonly until: string;
  readonly due: number;
  readonly atRisk: number;
}

export interface Kept {
  readonly words: string;
  readonly kept: number;
  readonly lapsed: number;
}

/** How late the engine fired, every few seconds. */
export interface Sample {
  readonly at: number;
  readonly p99Ms: number;
}

export const SAMPLES = 120;

/** Promises by when they fall due, and by when they come to be at risk if nothing is done, on this browser's wall clock. */
export function halfHours(ahead: readonly Ahead[]): readonly HalfHour[] {
  return ahead.map(({ until, due, atRisk }) => {
    const end = Date.parse(until);
    return { from: clockTime(end - 1_800_000), until: clockTime(end), due, atRisk };
  });
}

/** Open cases on each rung, beside what those who take that rung's cases have and could have. */
export function levelLoads(counts: Counts, agents: readonly Agent[] | undefined): readonly { readonly level: Level; readonly words: string; readonly cases: number; readonly load: number; readonly capacity: number }[] {
  return levels.map((level) => {
    const there = (agents ?? []).filter((agent) => agent.level === level && agent.presence !== 'offline');
    return { level, words: levelWord[level], cases: counts.byLevel[level], load: sum(there.map((agent) => agent.load)), capacity: sum(there.map((agent) => agent.capacity)) };
  });
}

/** The samples with one more; a host that has fired nothing yet was late for nothing. */
export function addSample(samples: readonly Sample[], status: Status, at: number): readonly Sample[] {
  return status.lateness.fired === 0 ? samples : [...samples, { at, p99Ms: status.lateness.p99Ms }].slice(-SAMPLES);
}

/** A line through the samples in a box of `width` by `height`; the most of them touches the top. */
export function linePath(samples: readonly Sample[], width: number, height: number): string {
  const most = Math.max(1, ...samples.map((sample) => sample.p99Ms));
  const step = samples.length < 2 ? 0 : width / (samples.length - 1);
  return samples.map((sample, i) => `${i === 0 ? 'M' : 'L'}${(i * step).toFixed(1)} ${(height - (sample.p99Ms / most) * height).toFixed(1)}`).join('');
}

/** PRM-9 for the last seven days, by type; undefined for whoever may not see it. */
export async function readKept(now: number): Promise<readonly Kept[] | undefined> {
  try {
    const from = new Date(now - 7 * 86_400_000).toISOString();
    return itemsOf(await get(`/api/promises/kept?by=type&from=${encodeURIComponent(from)}`)).flatMap((each) =>
      isRecord(each) && Number(each['kept']) + Number(each['lapsed']) > 0 ? [{ words: typeWord(String(each['key'])), kept: Number(each['kept']), lapsed: Number(each['lapsed']) }] : [],
    );
  } catch (error) {
    if (error instanceof Problem) {
      return undefined;
    }
    throw error;
  }
}

export function keptShare(kept: readonly Kept[]): number | undefined {
  const all = sum(kept.map((each) => each.kept + each.lapsed));
  return all === 0 ? undefined : sum(kept.map((each) => each.kept)) / all;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
