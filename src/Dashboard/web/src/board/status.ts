import { get, isRecord } from '../shared/http';

/** The public figures of `GET /api/status` that the board shows. */
export interface Status {
  readonly promises: {
    readonly explainedToday: number;
    readonly keptToday: number;
    readonly lapsedToday: number;
    readonly silentlyLapsed: number;
  };
  readonly lateness: { readonly p99Ms: number; readonly fired: number };
}

/** Undefined when the platform cannot say; the board itself is then the judge of how far it can be trusted. */
export async function readStatus(): Promise<Status | undefined> {
  try {
    const value = await get('/api/status');
    return isRecord(value) && isRecord(value['promises']) && isRecord(value['lateness']) ? (value as unknown as Status) : undefined;
  } catch {
    return undefined;
  }
}
