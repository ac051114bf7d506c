import { capital, toZone } from '../shared/format';
import { language, t } from '../shared/texts.svelte';

/** The hours of a day that may be promised; `GET /api/cases/{id}/promises/times`. */
export interface PromiseTimes {
  readonly day: string;
  readonly timeZone: string;
  readonly ourTimeZone: string;
  readonly closed: readonly string[];
  /** Days on which promises of whoever keeps it are due already. */
  readonly promised: readonly { readonly day: string; readonly promises: number }[];
  readonly times: readonly { readonly dueAt: string; readonly outside: boolean; readonly quiet: boolean; readonly promises: number }[];
}

/** PRM-1: what should make whoever promises think again. */
export interface PromiseWarning {
  readonly code: string;
  readonly detail: string;
}

/** What a promise would be like; `GET /api/cases/{id}/promises/preview`. */
export interface PromisePreview {
  readonly sendBy: string;
  readonly warnings: readonly PromiseWarning[];
  readonly better?: string;
  readonly language: string;
  readonly letter?: string;
}

/** `Europe/Chisinau` to `Chisinau`. */
export function cityOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

export function timeIn(at: number, timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(at);
  } catch {
    return new Date(at).toISOString().slice(11, 16);
  }
}

/** A warning about a due instant; the host's own sentence for what this page does not know. */
export function warningWord(warning: PromiseWarning, dueAt: number, theirs: string, ours: string | undefined): string {
  switch (warning.code) {
    case 'quietHours':
      return t('work.warning.quietHours', { time: timeIn(dueAt, theirs), city: cityOf(theirs) });
    case 'outsideWorkingTime':
      return ours === undefined ? warning.detail : t('work.warning.outsideWorkingTime', { time: timeIn(dueAt, ours), city: cityOf(ours) });
    default:
      return warning.detail;
  }
}

const HOUR_MS = 3_600_000;

/** The next full hour from an instant on at which people are awake, as a date field shows it in a zone. */
export function goodHour(at: number, zone: string): string {
  const local = toZone(Math.ceil(at / HOUR_MS) * HOUR_MS, zone);
  const hour = Number(local.slice(11, 13));
  return (
    hour < 8 ? `${local.slice(0, 10)}T10:00`
    : hour > 20 ? `${toZone(at + 12 * HOUR_MS, zone).slice(0, 10)}T10:00`
    : local
  );
}

/** How far a zone's clock is ahead of another's, in words; empty when it is not. */
export function aheadBy(at: number, zone: string, other: string): string {
  const minutes = Math.round((wallClock(at, zone) - wallClock(at, other)) / 60_000);
  if (minutes === 0) {
    return '';
  }
  const [h, m] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const time = [h > 0 ? t('shared.hours', { count: h }) : '', m > 0 ? t('shared.minutes', { count: m }) : ''].filter(Boolean).join(' ');
  return t(minutes > 0 ? 'work.aheadOfYou' : 'work.behindYou', { time });
}

function wallClock(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
}

/** The weeks of a date's month, Monday first; days of other months are empty. */
export function monthWeeks(date: string): readonly (readonly string[])[] {
  const [year, month] = [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
  const first = new Date(Date.UTC(year, month - 1, 1));
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const before = (first.getUTCDay() + 6) % 7;
  const cells = [...Array.from({ length: before }, () => ''), ...Array.from({ length: days }, (_, i) => `${date.slice(0, 8)}${String(i + 1).padStart(2, '0')}`)];
  return Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) => Array.from({ length: 7 }, (__, i) => cells[week * 7 + i] ?? ''));
}

/** The same day of another month; the last day where that month is shorter. */
export function addMonth(date: string, months: number): string {
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))];
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10);
}

export function monthWord(date: string): string {
  return capital(new Intl.DateTimeFormat(language.locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(`${date.slice(0, 7)}-01T00:00:00Z`)));
}

/** The days of the week in two letters, Monday first. */
export function weekdayWords(): readonly string[] {
  const short = new Intl.DateTimeFormat(language.locale, { weekday: 'short', timeZone: 'UTC' });
  // 5 January 1970 was a Monday.
  return Array.from({ length: 7 }, (_, i) => capital(short.format((i + 4) * 24 * HOUR_MS).slice(0, 2)));
}
