import type { Level } from '../board/protocol';

export interface Zone {
  readonly level: Level;
  readonly from: number;
  readonly upTo?: number;
}

/** CLM-1: the scale of who decides, lowest first. Each zone is drawn equally wide. */
export function zonesOf(limits: readonly { readonly level: Level; readonly upTo?: number }[]): readonly Zone[] {
  let from = 0;
  return limits.map(({ level, upTo }) => {
    const zone: Zone = { level, from, ...(upTo !== undefined && { upTo }) };
    from = upTo ?? from;
    return zone;
  });
}

/** Where on the scale an amount stands, from 0 to 1; above the last limit it stays inside the last zone. */
export function shareOf(amount: number, zones: readonly Zone[]): number {
  const at = zones.findIndex((zone) => zone.upTo === undefined || amount <= zone.upTo);
  const zone = zones[at === -1 ? zones.length - 1 : at];
  if (zone === undefined) {
    return 0;
  }
  const length = (zone.upTo ?? zone.from * 2) - zone.from;
  const inside = length <= 0 ? 0.5 : Math.min(0.95, Math.max(0.05, (amount - zone.from) / length));
  return ((at === -1 ? zones.length - 1 : at) + inside) / zones.length;
}
