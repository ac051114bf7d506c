import type { Stage } from '../board/protocol';
import { get, isRecord } from '../shared/http';
import { language } from '../shared/texts.svelte';

/** A text in the customer's language and, where that is another, in the agent's. */
export interface GuideText {
  readonly text: string;
  readonly gloss?: string;
}

/** What in a case shows that a step is done. */
export type StepMark = 'listen' | 'pause' | 'understanding' | 'join' | 'contact' | 'facts' | 'options' | 'agreement' | 'commitment' | 'close';

export interface GuideStep extends GuideText {
  readonly does?: StepMark;
  readonly required: boolean;
  readonly done?: boolean;
}

export interface StageGuide {
  readonly stage: Stage;
  readonly aim: GuideText;
  readonly steps: readonly GuideStep[];
  readonly phrases: readonly (GuideText & { readonly when?: GuideText })[];
}

/** PLY-1: what the company knows about a conflict type, in a customer's language. */
export interface Playbook {
  readonly type: string;
  readonly policy: string;
  readonly language: string;
  readonly stages: readonly StageGuide[];
  readonly avoid: readonly GuideText[];
  readonly promises: readonly (GuideText & { readonly within: string })[];
  readonly solutions: readonly GuideText[];
  readonly remedies: readonly GuideText[];
  readonly delayReason: GuideText;
}

/** The case's playbook, with what whoever reads that language understands; undefined where the company has none for its type. */
export async function readPlaybook(caseId: string, reads: string): Promise<Playbook | undefined> {
  try {
    const value = await get(`/api/cases/${encodeURIComponent(caseId)}/playbook?gloss=${encodeURIComponent(reads)}`);
    return isRecord(value) && Array.isArray(value['stages']) ? (value as unknown as Playbook) : undefined;
  } catch {
    return undefined;
  }
}

/** What an agent reads: their own language where it stands beside the customer's. */
export function forAgent(text: GuideText): string {
  return text.gloss ?? text.text;
}

/** `ro` to `Romanian`. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(language.locale, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** The length of an ISO 8601 duration in milliseconds; 0 for one that is none. */
export function lengthOf(iso: string): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(iso);
  return parts === null ? 0 : (Number(parts[1] ?? 0) * 24 * 60 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0)) * 60_000;
}
