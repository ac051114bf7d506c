import { get, itemsOf, post } from '../shared/http';
import type { CaseClock } from './case-data';

/** CASE-10, REG-1: a law that covers a case; an item of `GET /api/cases/{id}/packs`. */
export interface CasePack {
  readonly pack: string;
  readonly name: string;
  readonly since: string;
  readonly clocks: readonly CaseClock[];
  readonly letters: readonly { readonly letter: PackLetter; readonly notNow?: string }[];
  readonly sent: readonly SentLetter[];
}

export interface PackLetter {
  readonly id: string;
  readonly name: string;
  readonly fields: readonly { readonly id: string; readonly kind: 'text' | 'date'; readonly asks: string }[];
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
  readonly missing: readonly { readonly part: string; readonly says: string; readonly rule?: string }[];
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
