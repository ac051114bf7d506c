import type { HubConnection, ISubscription } from '@microsoft/signalr';
import { HubLine } from '../shared/hub-line';
import { refusalWords } from '../shared/refusal';
import { t } from '../shared/texts.svelte';
import { applyMessage, gap, type Board } from './board-store';
import { parseMessage, PROTOCOL, type BoardView } from './protocol';

/** How far the picture can be trusted. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'stale'; readonly since: number; readonly cause: 'lost' | 'feed'; readonly attempt: number }
  | { readonly kind: 'refused'; readonly reason: 'signIn' | 'rights' | 'view' | 'version'; readonly detail: string };

export interface Listener {
  board(board: Board): void;
  connection(connection: Connection): void;
  /** The line stands, now or again: other streams of the hub can be asked for. */
  open?(hub: HubConnection): void;
}

/** Follows a view over `/hubs/board`, reconnecting for ever, until stopped or refused. */
export class BoardConnection {
  readonly #listener: Listener;
  readonly #line: HubLine;
  #view: BoardView;
  #stream: ISubscription<unknown> | undefined;
  #board: Board | undefined;

  constructor(view: BoardView, listener: Listener) {
    this.#view = view;
    this.#listener = listener;
    this.#line = new HubLine('/hubs/board', {
      open: (hub) => {
        this.#subscribe(hub);
        listener.open?.(hub);
      },
      quiet: (attempt) => this.#sayStale(attempt),
      refused: (reason) => this.#refuse(reason, reason === 'signIn' ? t('shared.notSignedIn') : t('shared.boardForStaff')),
    });
  }

  start(): void {
    this.#listener.connection({ kind: 'connecting' });
    this.#line.start();
  }

  stop(): void {
    this.#line.stop();
  }

  /** Another view over the same line. */
  show(view: BoardView): void {
    this.#view = view;
    if (this.#line.hub !== undefined) {
      this.#subscribe(this.#line.hub);
    }
  }

  /** The hub, while the line stands. */
  get hub(): HubConnection | undefined {
    return this.#line.hub;
  }

  /** Connects now instead of at the next attempt. */
  retryNow(): void {
    this.#line.retryNow();
  }

  /** The first load, a changed view and a gap all come this way: a new stream, whose first message is a snapshot. */
  #subscribe(hub: HubConnection): void {
    this.#stream?.dispose();
    const stream = hub.stream<unknown>('Watch', this.#view).subscribe({
      next: (data) => stream === this.#stream && this.#take(data, hub),
      error: (error: unknown) => {
        if (stream === this.#stream && /view\.invalid/.test(String(error))) {
          void refusalWords('view.invalid', String(error).replace(/^.*view\.invalid: /, '')).then((words) => this.#refuse('view', words));
        }
        // Any other end comes with the end of the line.
      },
      complete: () => {},
    });
    this.#stream = stream;
  }

  #take(data: unknown, hub: HubConnection): void {
    const message = parseMessage(data);
    this.#line.heard();
    if (message === undefined) {
      return;
    }
    if (message.kind === 'snapshot' && message.protocol !== PROTOCOL) {
      this.#refuse('version', t('shared.updated'));
      return;
    }
    if (message.kind === 'snapshot') {
      this.#line.beatMs = message.beatMs;
    }
    const next = applyMessage(this.#board, message);
    if (next === gap) {
      this.#subscribe(hub);
      return;
    }
    this.#board = next;
    this.#listener.board(next);
    this.#listener.connection(
      next.staleSince === undefined ? { kind: 'live' } : { kind: 'stale', since: next.staleSince, cause: 'feed', attempt: 0 },
    );
  }

  #sayStale(attempt: number): void {
    this.#listener.connection(
      this.#board === undefined
        ? { kind: 'connecting' }
        : { kind: 'stale', since: this.#board.staleSince ?? this.#board.serverTime, cause: 'lost', attempt },
    );
  }

  #refuse(reason: Extract<Connection, { kind: 'refused' }>['reason'], detail: string): void {
    this.#listener.connection({ kind: 'refused', reason, detail });
    if (reason !== 'view') {
      this.stop();
    }
  }
}
