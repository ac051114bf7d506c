import { capital, plainWords } from '../shared/format';
import { get, itemsOf, post } from '../shared/http';
import { inLanguage, type ByLanguage } from '../shared/policy-names.svelte';
import { known } from '../shared/texts.svelte';
import { valueWords, type CodedValues } from '../shared/value-words';
import type { CaseClock } from './case-data';

/** CASE-10, REG-1: a law that covers a case; an item of `GET /api/cases/{id}/packs`. */
export interface CasePack {
  readonly pack: string;
  readonly name: string;
  readonly nameIn?: ByLanguage;
  readonly since: string;
  readonly clocks: readonly CaseClock[];
  readonly letters: readonly { readonly letter: PackLetter; readonly notNow?: string; readonly because?: Coded }[];
  readonly sent: readonly SentLetter[];
}

export interface PackLetter {
  readonly id: string;
  readonly name: string;
  readonly nameIn?: ByLanguage;
  readonly fields: readonly { readonly id: string; readonly kind: 'text' | 'date'; readonly asks: string; readonly asksIn?: ByLanguage }[];
  /** The clocks whose aim it is. */
  readonly meets: readonly string[];
}

export interface SentLetter {
  readonly number: number;
  readonly letter: string;
  readonly decidedAt: string;
  readonly by: string;
  /** Its proof; absent before a receiving server took it, and when it came back. */
  readonly sentAt?: string;
  readonly evidence?: string;
}

/** REG-2: a letter as it would go out; with anything missing it is not sent. */
export interface LetterPreview {
  readonly language: string;
  readonly subject: string;
  readonly body: string;
  readonly missing: readonly Lack[];
}

/** Something that the law wants in a letter and that is not there. */
export interface Lack {
  readonly part: string;
  readonly says: string;
  readonly rule?: string;
  /** What staff call the paragraph, or what the field asks for. */
  readonly nameIn?: ByLanguage;
  readonly because: readonly Coded[];
}

/** What the platform says, as a code with what it names. */
export interface Coded {
  readonly code: string;
  readonly values: CodedValues;
}

export async function readPacks(id: string): Promise<readonly CasePack[]> {
  return itemsOf(await get(`/api/cases/${id}/packs`)) as readonly CasePack[];
}

export async function previewLetter(id: string, pack: string, letter: string, fields: Readonly<Record<string, string>>): Promise<LetterPreview> {
  return (await post(`/api/cases/${id}/letters/preview`, { pack, letter, fields })) as LetterPreview;
}

/** When the nearest of the clocks that a letter meets is due; undefined when none of them runs. */
export function dueOf(pack: CasePack, letter: PackLetter): number | undefined {
  const due = pack.clocks.filter((each) => letter.meets.includes(each.name) && each.stoppedAt === undefined).map((each) => Date.parse(each.dueAt));
  return due.length === 0 ? undefined : Math.min(...due);
}

/** What a letter lacks: the paragraph or the field, and what is wrong with it. */
export function lackWords(lack: Lack): string {
  const faults = lack.because.map(({ code, values }) => known(`case.lack.${code}`, valueWords(values)));
  const says = faults.includes(undefined) || faults.length === 0 ? lack.says : faults.join(', ');
  return `${capital(inLanguage(lack.nameIn, plainWords(lack.part.replace(/^\w+\./, ''))))}: ${says}`;
}
