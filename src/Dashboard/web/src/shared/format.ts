const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const timeSeconds = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const dayOf = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });
const number = new Intl.NumberFormat('en-GB');

/** Time left, or with a plus sign time past: `04:12`, `1 h 24`, `3 d 5 h`. */
export function timeLeft(ms: number): string {
  const past = ms < 0;
  const s = Math.abs(Math.round(ms / second));
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const text =
    s >= 86400 ? `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`
    : s >= 3600 ? `${Math.floor(s / 3600)} h ${two((s % 3600) / 60)}`
    : `${two(s / 60)}:${two(s % 60)}`;
  return (past ? '+' : '') + text;
}

/** A length of time in one unit: `46 s`, `12 min`, `3 h`, `2 days`. */
export function roughly(ms: number): string {
  const long = Math.abs(ms);
  return (
    long < minute ? `${Math.round(long / second)} s`
    : long < hour ? `${Math.floor(long / minute)} min`
    : long < 2 * day ? `${Math.floor(long / hour)} h`
    : `${Math.floor(long / day)} days`
  );
}

/** An ISO 8601 duration in words, to a tenth of a second: `P3DT8H` to `3 d 8 h`, `PT90M` to `90 min`. */
export function duration(iso: string): string {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(iso);
  const words = parts === null ? [] : ['d', 'h', 'min', 's'].flatMap((unit, i) => (parts[i + 1] === undefined || Number(parts[i + 1]) === 0 ? [] : [`${Math.round(Number(parts[i + 1]!) * 10) / 10} ${unit}`]));
  return words.length > 0 ? words.join(' ') : parts === null ? iso : '0 s';
}

export const clockTime = (at: number): string => time.format(at);
export const clockSeconds = (at: number): string => timeSeconds.format(at);
export const dayName = (at: number): string => dayOf.format(at);
export const fullInstant = (at: number): string => full.format(at);

/** An instant in a customer's zone: `Thu 19 Nov, 19:00 Europe/Chisinau`. */
export function inZone(at: number, zone: string | undefined): string {
  const timeZone = zone ?? 'UTC';
  try {
    return `${new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(at)} ${timeZone}`;
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

/** The time if it is near, else with its day. */
export function nearTime(at: number, now: number): string {
  return dayName(at) === dayName(now) ? clockTime(at) : `${dayName(at)} ${clockTime(at)}`;
}

/** Figures in groups of three, parted by thin spaces: 48 211 907. */
export function figure(value: number): string {
  return number.format(value).replaceAll(',', '\u2009');
}

export function money(amount: number, currency: string): string {
  try {
    return new Intl.NumberFormat('en-GB', { style: 'currency', currency, minimumFractionDigits: Number.isInteger(amount) ? 0 : 2 }).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}

/** `noActionPossible` to `no action possible`. */
export function plainWords(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`).replaceAll(/[._-]/g, ' ').toLowerCase();
}

export function sentence(name: string): string {
  const words = plainWords(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function initials(name: string): string {
  return name.split(/[\s._@-]+/).filter(Boolean).slice(0, 2).map((part) => part.charAt(0).toUpperCase()).join('');
}
