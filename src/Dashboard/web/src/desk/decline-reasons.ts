import { sentence } from '../shared/format';
import { get, isRecord, itemsOf } from '../shared/http';

/** The policy's reasons to decline, with words for people; `GET /api/desk/reasons`. */
export async function readReasons(): Promise<readonly { readonly code: string; readonly label: string }[]> {
  try {
    const answer = await get('/api/desk/reasons');
    return itemsOf(answer).flatMap((each) =>
      isRecord(each) && typeof each['reason'] === 'string' ? [{ code: each['reason'], label: typeof each['label'] === 'string' ? each['label'] : sentence(each['reason']) }] : [],
    );
  } catch {
    return [];
  }
}
