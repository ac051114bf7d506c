import { get, isRecord, itemsOf } from '../shared/http';

/** Someone who takes cases; only what forms show. */
export interface Agent {
  readonly id: string;
  readonly name: string;
}

/** `GET /api/agents`; nobody when it cannot be read. */
export async function readAgents(): Promise<readonly Agent[]> {
  try {
    return itemsOf(await get('/api/agents')).flatMap((each) =>
      isRecord(each) && typeof each['id'] === 'string' ? [{ id: each['id'], name: typeof each['name'] === 'string' ? each['name'] : each['id'] }] : [],
    );
  } catch {
    return [];
  }
}
