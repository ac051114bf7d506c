import { gap, patchRows } from '../board/board-store';
import type { BoardRow } from '../board/protocol';
import { assertNever } from '../shared/assert-never';
import type { DeskMe, DeskMessage, Offer, Waiting } from './desk-protocol';

/** A desk as this page holds it. The host says every order; nothing is sorted here. */
export interface Desk {
  readonly seq: number;
  readonly position: number;
  readonly serverTime: number;
  readonly staleSince: number | undefined;
  readonly me: DeskMe;
  readonly offers: readonly Offer[];
  readonly cases: readonly BoardRow[];
  readonly waiting: readonly Waiting[];
}

/** The desk after one more message; `gap` when one is missing. Pure. */
export function applyDesk(desk: Desk | undefined, message: DeskMessage): Desk | typeof gap {
  if (message.kind === 'snapshot') {
    return { ...figures(message), me: message.me, offers: message.offers, cases: message.cases, waiting: message.waiting };
  }
  if (desk === undefined || message.seq !== desk.seq + 1) {
    return gap;
  }
  switch (message.kind) {
    case 'patch':
      return {
        ...figures(message),
        me: message.me ?? desk.me,
        offers: message.offers ?? desk.offers,
        waiting: message.waiting ?? desk.waiting,
        cases: patchRows(desk.cases, { removes: message.removes ?? [], upserts: message.upserts ?? [], places: message.places ?? [] }),
      };
    case 'beat':
      return { ...desk, ...figures(message) };
    default:
      return assertNever(message);
  }
}

function figures(message: DeskMessage): Pick<Desk, 'seq' | 'position' | 'serverTime' | 'staleSince'> {
  return {
    seq: message.seq,
    position: message.position,
    serverTime: Date.parse(message.serverTime),
    staleSince: message.staleSince === undefined ? undefined : Date.parse(message.staleSince),
  };
}

/** How an offer that is no longer there ended, when this desk did not end it. */
export function endOf(offer: Offer, now: number): 'expired' | 'withdrawn' {
  return now >= Date.parse(offer.until) - 1_000 ? 'expired' : 'withdrawn';
}
