// What the policy calls its laws, their clocks and letters, and its gifts, in every language that it has.

import { get, isRecord } from './http';
import { language } from './texts.svelte';

/** A text of the policy by language; absent where one text stands for every reader. */
export type ByLanguage = Readonly<Record<string, string>>;

type Kind = 'clocks' | 'packs' | 'letters' | 'gifts';
type Names = Readonly<Partial<Record<Kind, Readonly<Record<string, ByLanguage>>>>>;

let asked = false;
let names = $state.raw<Names>({});

/** A text of the policy as the reader has chosen to read, else in English, else as it came. */
export function inLanguage(texts: ByLanguage | undefined, otherwise: string): string {
  return texts?.[language.current] ?? texts?.['en'] ?? otherwise;
}

/** The policy's name of something; undefined for what it does not name, and until the names are here. */
export function policyName(kind: Kind, id: string): string | undefined {
  if (!asked) {
    asked = true;
    void readNames();
  }
  const texts = names[kind]?.[id];
  return texts === undefined ? undefined : inLanguage(texts, id);
}

async function readNames(): Promise<void> {
  try {
    const policy = await get('/api/policy');
    names = isRecord(policy) && isRecord(policy['names']) ? (policy['names'] as Names) : {};
  } catch {
    // Without the names codes are read as words; the next page asks again.
  }
}
