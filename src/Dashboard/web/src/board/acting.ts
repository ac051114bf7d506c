import type { BoardRow } from './protocol';
import type { Presence } from './rail';
import type { RowAction } from './row-actions';

/** What rows can do, and what is known about them beside the board. */
export interface Acting {
  readonly actions: (row: BoardRow) => readonly RowAction[];
  readonly act: (row: BoardRow, action: RowAction) => void;
  readonly menu: (row: BoardRow, from: HTMLElement) => void;
  /** What is on its way for a case; empty for nothing. */
  readonly sending: (caseId: string) => string;
  /** Who else looks at a case; empty for nobody. */
  readonly viewers: (caseId: string) => string;
  readonly presence: (person: string | undefined) => Presence | undefined;
  /** The past has no actions. */
  readonly past: boolean;
}
