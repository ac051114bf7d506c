import { t } from '../shared/texts.svelte';
import type { Wish } from './acts';
import type { BoardRow, Heat } from './protocol';
import { heatWord } from './words';

/** Whose case it is, for people. */
export interface About {
  readonly id: string;
  readonly customer?: string;
  readonly number: number;
}

export function takeOver(about: About, user: string, key: string): Wish {
  return { ...of(about, t('board.act.take'), key), sends: [{ path: `/api/cases/${about.id}/assign`, body: { agent: user } }], shows: owned(user) };
}

export function handTo(about: About, agent: string, key: string): Wish {
  return { ...of(about, t('board.handTo', { agent }), key), sends: [{ path: `/api/cases/${about.id}/assign`, body: { agent } }], shows: owned(agent) };
}

export function acknowledge(about: About, escalations: readonly string[], key: string): Wish {
  return {
    ...of(about, t('board.act.acknowledge'), key),
    sends: escalations.map((id) => ({ path: `/api/escalations/${id}/acknowledge`, body: {} })),
    shows: (row) => ({ ...row, escalations: row.escalations.filter((each) => !escalations.includes(each.id)) }),
  };
}

export function decide(about: About, approval: string, approve: boolean, reason: string, key: string): Wish {
  return {
    ...of(about, approve ? t('board.approve') : t('board.deny'), key),
    sends: [{ path: `/api/approvals/${approval}/decide`, body: { approve, ...(reason !== '' && { reason }) } }],
    shows: (row) => ({ ...row, approvals: (row.approvals ?? []).filter((each) => each.id !== approval) }),
  };
}

export function setHeat(about: About, heat: Heat, reason: string, key: string): Wish {
  return {
    ...of(about, t('board.setHeat', { heat: heatWord[heat] }), key),
    sends: [{ path: `/api/cases/${about.id}/heat`, body: { heat, ...(reason !== '' && { reason }) } }],
    shows: (row) => ({ ...row, heat }),
  };
}

function of(about: About, words: string, key: string): Pick<Wish, 'key' | 'caseId' | 'words' | 'customer'> {
  return { key, caseId: about.id, words, customer: about.customer ?? t('shared.caseNumber', { number: about.number }) };
}

function owned(owner: string): (row: BoardRow) => BoardRow {
  return ({ offer: _offer, queued: _queued, ...row }) => ({ ...row, owner });
}
