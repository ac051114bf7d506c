import { t } from '../shared/texts.svelte';
import type { BoardRow } from './protocol';

export type ActionKind = 'acknowledge' | 'take' | 'decide' | 'call' | 'assign' | 'heat' | 'open';

/** Something that can be done to a case from where it stands on the board. */
export interface RowAction {
  readonly kind: ActionKind;
  readonly words: string;
  /** The single key that does it while the row has the focus. */
  readonly key: string;
  readonly icon: string;
  /** Why it cannot be done now; absent when it can. */
  readonly off?: string;
}

export interface Who {
  readonly user: string;
  readonly supervisor: boolean;
}

/** What of a case the rules of actions look at: a row, or a line of the rail. */
export type Actionable = Pick<BoardRow, 'id' | 'owner' | 'escalations' | 'approvals' | 'callTasks'>;

/** All that can be done to a case, in the order of the menu; what cannot be done now says why. */
export function actionsOf(row: Actionable, who: Who, barrier: string): readonly RowAction[] {
  const approval = row.approvals?.[0];
  const decideOff =
    approval === undefined ? t('board.nothingToDecide')
    : !who.supervisor ? t('board.supervisorDecides')
    : row.approvals!.every((each) => each.askedBy === who.user) ? t('board.someoneElseDecides')
    : '';
  const action = (kind: ActionKind, key: string, icon: string, off = ''): RowAction => {
    const why = off !== '' ? off : kind === 'open' || kind === 'call' ? '' : barrier;
    return { kind, words: t(`board.act.${kind}`), key, icon, ...(why !== '' && { off: why }) };
  };
  return [
    action('acknowledge', 'A', 'i-check', row.escalations.length === 0 ? t('board.nothingToAcknowledge') : ''),
    action('take', 'T', 'i-take', row.owner === who.user ? t('board.yoursAlready') : ''),
    action('decide', 'P', 'i-lock', decideOff),
    action('call', 'C', 'i-phone'),
    action('assign', 'R', 'i-swap'),
    action('heat', 'H', 'i-up'),
    action('open', '', 'i-right'),
  ];
}

/** The one on the row's button: what somebody waits for comes first. */
export function mainAction(row: Actionable, actions: readonly RowAction[]): RowAction {
  const named = (kind: ActionKind): RowAction => actions.find((action) => action.kind === kind)!;
  const decide = named('decide');
  return (
    decide.off === undefined || ((row.approvals?.length ?? 0) > 0 && row.escalations.length === 0) ? decide
    : row.escalations.length > 0 ? named('acknowledge')
    : row.callTasks > 0 ? named('call')
    : row.owner === undefined ? named('take')
    : named('open')
  );
}

/** The button is narrower than the menu. */
export function shortWords(action: RowAction): string {
  return action.kind === 'decide' ? t('board.act.decideShort') : action.kind === 'open' ? t('board.act.openShort') : action.words;
}
