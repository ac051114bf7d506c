// What staff read, in their language: a folder for each language, in it a file for each area of the pages.

import { untrack } from 'svelte';
import { settings } from './settings.svelte';
import type { TextPlaces } from './text-places';

export type Area = 'shared' | 'refusals' | 'pages' | 'board' | 'desk' | 'reviews' | 'case' | 'work';
export type TextKey = keyof TextPlaces;

type Text = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;
type Texts = Readonly<Record<string, Text>>;
type Values = Readonly<Record<string, string | number>>;
type ValuesOf<K extends TextKey> = [TextPlaces[K]] extends [never] ? [] : [values: Readonly<Record<TextPlaces[K], string | number>>];

/** Fetched when they are first needed, each file by itself. */
const files = import.meta.glob<Texts>('../../../../Silo/Policy/texts/staff/*/*.json', { import: 'default' });
const fileOf = (tag: string, area: string): string => `../../../../Silo/Policy/texts/staff/${tag}/${area}.json`;
const tags = [...new Set(Object.keys(files).map((path) => path.split('/').at(-2)!))];

/** How a language writes dates and figures, where its name alone does not say it. */
const locales: Readonly<Record<string, string>> = { en: 'en-GB' };

/** Areas that pages have asked for: another language brings all of them. */
const wanted = new Set<Area>();
let asked = firstOf([settings.language, ...(globalThis.navigator?.languages ?? [])]);
let shown = $state(asked);
let texts = $state.raw<ReadonlyMap<string, Texts>>(new Map());
let plural = new Intl.PluralRules(asked);
let figures = new Intl.NumberFormat(asked);

export const language = {
  /** `ru`, the language that is shown now. */
  get current(): string {
    return shown;
  },

  /** For Intl. */
  get locale(): string {
    return locales[shown] ?? shown;
  },

  all: tags,

  /** Shows everything in another language as soon as its texts are there, and remembers the choice. */
  async choose(tag: string): Promise<void> {
    try {
      await show(tag);
      settings.language = tag;
    } catch {
      asked = shown;
    }
  },
};

/** Whether an area can be shown. */
export function isThere(area: Area): boolean {
  return texts.has(fileOf(shown, area));
}

/** To be waited for before what uses these areas is drawn: until then their texts are empty. */
export async function loadTexts(...areas: readonly Area[]): Promise<void> {
  areas.forEach((area) => wanted.add(area));
  await show(asked);
}

/** The text in the language that is shown; `count` chooses its plural form and is written as a figure. */
export function t<K extends TextKey>(key: K, ...[values]: ValuesOf<K>): string {
  return known(key, values) ?? '';
}

/** The text of a key that was made from a code of the platform; undefined for a code that no text knows. */
export function known(key: string, values?: Values): string | undefined {
  const dot = key.indexOf('.');
  const text = texts.get(fileOf(shown, key.slice(0, dot)))?.[key.slice(dot + 1)];
  const form = typeof text === 'object' ? text[plural.select(Number(values?.['count']))] : text;
  return values === undefined ? form : form?.replace(/\{(\w+)\}/g, (_, name: string) => written(name, values[name]));
}

function written(name: string, value: string | number | undefined): string {
  return name === 'count' && typeof value === 'number' ? figure(value) : String(value);
}

/** Figures in groups of three; in English parted by thin spaces: 48 211 907. */
export function figure(value: number): string {
  return shown === 'en' ? figures.format(value).replaceAll(',', '\u2009') : figures.format(value);
}

async function show(tag: string): Promise<void> {
  asked = tag;
  // Whoever waits for texts asks for them once, and not again when others come.
  const missing = untrack(() => [...wanted].map((area) => fileOf(tag, area)).filter((file) => !texts.has(file)));
  const read = await Promise.all(missing.map(async (file) => [file, await files[file]!()] as const));
  if (read.length > 0) {
    texts = new Map([...texts, ...read]);
  }
  // While these were fetched somebody may have chosen again.
  if (asked === tag) {
    plural = new Intl.PluralRules(tag);
    figures = new Intl.NumberFormat(tag);
    shown = tag;
    if (globalThis.document !== undefined) {
      document.documentElement.lang = tag;
    }
  }
}

/** The first of these that there are texts in, else English. */
function firstOf(wishes: readonly string[]): string {
  return wishes.map((wish) => wish.split('-')[0]!.toLowerCase()).find((wish) => tags.includes(wish)) ?? 'en';
}
