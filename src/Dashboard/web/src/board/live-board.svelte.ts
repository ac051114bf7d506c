import type { HubConnection } from '@microsoft/signalr';
import { clock } from '../shared/clock.svelte';
import { toSignIn } from '../shared/session.svelte';
import type { Board } from './board-store';
import { BoardConnection, type Connection } from './connection';
import type { BoardView } from './protocol';

/** A view that keeps itself up to date, for components to read. */
export class LiveBoard {
  #board = $state.raw<Board | undefined>();
  #connection = $state.raw<Connection>({ kind: 'connecting' });
  readonly #line: BoardConnection;
  #seenSnapshot = false;

  /** @param open what else to ask of the hub whenever the line stands */
  constructor(view: BoardView, open: (hub: HubConnection) => void = () => {}) {
    this.#line = new BoardConnection(view, {
      board: (board) => {
        if (board.seq === 1 && !this.#seenSnapshot) {
          clock.forget();
        }
        this.#seenSnapshot = board.seq === 1;
        clock.learn(board.serverTime);
        this.#board = board;
      },
      open,
      connection: (connection) => {
        this.#connection = connection;
        if (connection.kind === 'refused' && connection.reason === 'signIn') {
          toSignIn();
        }
      },
    });
    this.#line.start();
  }

  get board(): Board | undefined {
    return this.#board;
  }

  get connection(): Connection {
    return this.#connection;
  }

  get hub(): HubConnection | undefined {
    return this.#line.hub;
  }

  show(view: BoardView): void {
    this.#line.show(view);
  }

  retryNow(): void {
    this.#line.retryNow();
  }

  stop(): void {
    this.#line.stop();
  }
}
