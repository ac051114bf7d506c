import { plainWords } from '../shared/format';
import { known } from '../shared/texts.svelte';

/** What a code says; each has its words in case.json. */
type Family = 'answer' | 'because' | 'by' | 'call' | 'cause' | 'decline' | 'escalated' | 'notice' | 'outcome' | 'pause' | 'silence' | 'step' | 'telling' | 'withdrawn';

/** The words of a code of the platform; one that a policy has added reads as its words. */
export function codeWord(family: Family, code: string): string {
  return known(`case.${family}.${code}`) ?? plainWords(code);
}
