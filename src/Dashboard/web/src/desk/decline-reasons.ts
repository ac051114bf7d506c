import { sentence } from '../shared/format';
import { get, isRecord, itemsOf } from '../shared/http';
import { known, language } from '../shared/texts.svelte';

export interface DeclineReason {
  readonly code: string;
  readonly label: string;
}

/** The policy's reasons to decline, with words for people; `GET /api/desk/reasons`. */
export async function readReasons(): Promise<readonly DeclineReason[]> {
  try {
    const answer = await get('/api/desk/reasons');
    return itemsOf(answer).flatMap((each) =>
      isRecord(each) && typeof each['reason'] === 'string' ? [{ code: each['reason'], label: typeof each['label'] === 'string' ? each['label'] : sentence(each['reason']) }] : [],
    );
  } catch {
    return [];
  }
}

/** The policy's own words are English; its usual reasons are known in every language. */
export function reasonWords(reason: DeclineReason): string {
  return (language.current === 'en' ? undefined : known(`desk.declining.${reason.code}`)) ?? reason.label;
}
