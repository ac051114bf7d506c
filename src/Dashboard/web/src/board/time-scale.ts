import { clockTime, dayName } from '../shared/format';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How far back the axis goes; it looks ahead twice as far. */
export const spans = [
  { ms: hour, tick: 15 * minute, step: 10_000 },
  { ms: 8 * hour, tick: 2 * hour, step: minute },
  { ms: 3 * day, tick: 12 * hour, step: 10 * minute },
  { ms: 30 * day, tick: 5 * day, step: hour },
] as const;

export type Span = (typeof spans)[number];

export const speeds = [1, 10, 60, 600] as const;

/** The chosen span, or the next longer one that still has the instant on it. */
export function spanFor(chosen: Span, now: number, at: number | undefined): Span {
  return spans.find((span) => span.ms >= chosen.ms && (at === undefined || at >= now - span.ms)) ?? spans.at(-1)!;
}

/** Where an instant stands on the axis, from 0 to 1; outside of that it is not on it. */
export function shareOf(at: number, now: number, span: Span): number {
  return (at - (now - span.ms)) / (3 * span.ms);
}

/** Round instants on the axis, by this browser's wall clock. */
export function ticksOf(now: number, span: Span, offsetMinutes: number): readonly { readonly share: number; readonly words: string }[] {
  const local = offsetMinutes * minute;
  const ticks = [];
  for (let at = Math.ceil((now - span.ms - local) / span.tick) * span.tick + local; at < now + 2 * span.ms; at += span.tick) {
    const share = shareOf(at, now, span);
    // A word that would be cut off says nothing.
    if (share > 0.005 && share < 0.96) {
      ticks.push({ share, words: span.tick >= day ? dayName(at) : span.tick >= 12 * hour && clockTime(at) === '00:00' ? dayName(at) : clockTime(at) });
    }
  }
  return ticks;
}

/** An instant in the address, or undefined for one that is none or is not past. */
export function readAt(text: string | null, now: number): number | undefined {
  const at = text === null || !text.includes('T') ? NaN : Date.parse(text);
  return Number.isNaN(at) || at >= now ? undefined : at;
}

export function writeAt(at: number): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
