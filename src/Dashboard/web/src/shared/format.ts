import { figure, language, t } from './texts.svelte';

export { figure };

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Made anew when another language is chosen. */
function inLanguage<T>(make: (locale: string) => T): () => T {
  let [of, made] = ['', undefined as T | undefined];
  return () => {
    if (of !== language.locale || made === undefined) {
      [of, made] = [language.locale, make(language.locale)];
    }
    return made;
  };
}

const time = inLanguage((locale) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }));
const timeSeconds = inLanguage((locale) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }));
const dayOf = inLanguage((locale) => new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short' }));
const dateOf = inLanguage((locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }));
const full = inLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }));
const oneDecimal = inLanguage((locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }));
const percents = inLanguage((locale) => new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }));
const wholePercents = inLanguage((locale) => new Intl.NumberFormat(locale, { style: 'percent' }));

/** Time left, or with a plus sign time past: `04:12`, `1 h 24`, `3 d 5 h`. */
export function timeLeft(ms: number): string {
  const past = ms < 0;
  const s = Math.abs(Math.round(ms / second));
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const text =
    s >= 86400 ? t('shared.daysLeft', { days: Math.floor(s / 86400), hours: Math.floor((s % 86400) / 3600) })
    : s >= 3600 ? t('shared.hoursLeft', { hours: Math.floor(s / 3600), minutes: two((s % 3600) / 60) })
    : `${two(s / 60)}:${two(s % 60)}`;
  return (past ? '+' : '') + text;
}

/** A length of time in one unit: `46 s`, `12 min`, `3 h`, `2 days`. */
export function roughly(ms: number): string {
  const long = Math.abs(ms);
  return (
    long < minute ? t('shared.seconds', { count: Math.round(long / second) })
    : long < hour ? t('shared.minutes', { count: Math.floor(long / minute) })
    : long < 2 * day ? t('shared.hours', { count: Math.floor(long / hour) })
    : t('shared.days', { count: Math.floor(long / day) })
  );
}

/** An ISO 8601 duration in words, to a tenth of a second: `P3DT8H` to `3 d 8 h`, `PT90M` to `90 min`. */
export function duration(iso: string): string {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(iso);
  if (parts === null) {
    return iso;
  }
  const units = ['shared.shortDays', 'shared.hours', 'shared.minutes', 'shared.seconds'] as const;
  const words = units.flatMap((unit, i) => {
    const count = Math.round(Number(parts[i + 1] ?? 0) * 10) / 10;
    return count === 0 ? [] : [t(unit, { count })];
  });
  return words.length > 0 ? words.join(' ') : t('shared.seconds', { count: 0 });
}

export const clockTime = (at: number): string => time().format(at);
export const clockSeconds = (at: number): string => timeSeconds().format(at);
export const dayName = (at: number): string => dayOf().format(at);
export const fullInstant = (at: number): string => full().format(at);

/** A day that is none of any zone: `31 Dec 2026`. */
export const dateName = (at: number): string => dateOf().format(at);

/** `4.3`. */
export const decimal = (value: number): string => oneDecimal().format(value);

/** A share of 1, to a tenth of a percent: `97.3%`. */
export const percent = (share: number): string => (share === 0 || share === 1 ? wholePercents() : percents()).format(share);

/** An instant in a customer's zone: `Thu 19 Nov, 19:00 Europe/Chisinau`. */
export function inZone(at: number, zone: string | undefined): string {
  const timeZone = zone ?? 'UTC';
  try {
    return `${new Intl.DateTimeFormat(language.locale, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(at)} ${timeZone}`;
  } catch {
    return fullInstant(at);
  }
}

/**
 * The instant at which a wall clock in a zone shows `local` (`2026-11-19T19:00`, as a date field gives it); undefined when
 * it is no time. Skipped times count as the same length after the change.
 */
export function fromZone(local: string, zone: string | undefined): Date | undefined {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) {
    return undefined;
  }
  const first = asUtc - offsetAt(asUtc, zone);
  return new Date(asUtc - offsetAt(first, zone));
}

/** What a date field shows for an instant in a zone. */
export function toZone(at: number, zone: string | undefined): string {
  return new Date(at + offsetAt(at, zone)).toISOString().slice(0, 16);
}

function offsetAt(at: number, zone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: zone ?? 'UTC',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - Math.floor(at / 1000) * 1000;
}

/** An instant by which something is due: midnight is read as the end of the day before it. */
export function dueTime(at: number, now: number): string {
  return isMidnight(at, undefined) ? dueInstant(at) : nearTime(at, now);
}

/** The same with its day in any case. */
export function dueInstant(at: number): string {
  return isMidnight(at, undefined) ? t('shared.endOfDay', { day: dayName(at - 1) }) : `${dayName(at)} ${clockTime(at)}`;
}

/** By when something is due, in a customer's zone: `Thu 19 Nov, 19:00 Europe/Chisinau`, or `the end of Thu 19 Nov Europe/Chisinau`. */
export function dueInZone(at: number, zone: string | undefined): string {
  if (!isMidnight(at, zone ?? 'UTC')) {
    return inZone(at, zone);
  }
  const timeZone = zone ?? 'UTC';
  return `${t('shared.endOfDay', { day: new Intl.DateTimeFormat(language.locale, { weekday: 'short', day: 'numeric', month: 'short', timeZone }).format(at - 1) })} ${timeZone}`;
}

/** In a zone, or in the reader's own. */
function isMidnight(at: number, zone: string | undefined): boolean {
  try {
    return at % minute === 0 && new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(zone !== undefined && { timeZone: zone }) }).format(at) === '00:00';
  } catch {
    return false;
  }
}

/** The time if it is near, else with its day. */
export function nearTime(at: number, now: number): string {
  return dayName(at) === dayName(now) ? clockTime(at) : `${dayName(at)} ${clockTime(at)}`;
}

export function money(amount: number, currency: string): string {
  try {
    return new Intl.NumberFormat(language.locale, { style: 'currency', currency, minimumFractionDigits: Number.isInteger(amount) ? 0 : 2 }).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}

/** `noActionPossible` to `no action possible`. */
export function plainWords(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`).replaceAll(/[._-]/g, ' ').toLowerCase();
}

export function sentence(name: string): string {
  return capital(plainWords(name));
}

/** The same words as the beginning of a sentence. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function initials(name: string): string {
  return name.split(/[\s._@-]+/).filter(Boolean).slice(0, 2).map((part) => part.charAt(0).toUpperCase()).join('');
}
