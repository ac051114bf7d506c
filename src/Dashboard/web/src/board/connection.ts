import { HttpError, HttpTransportType, HubConnectionBuilder, HubConnectionState, LogLevel, type HubConnection, type ISubscription } from '@microsoft/signalr';
import { after, elapsedMs, every } from '../shared/clock.svelte';
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
}

/** After three missed beats the picture is called stale, after six the line is cut. */
const QUIET_BEATS = 3;
const DEAD_BEATS = 6;
const RETRY_MS = [0, 500, 1_000, 2_000, 4_000, 8_000] as const;

/** Follows a view over `/hubs/board`, reconnecting for ever, until stopped or refused. */
export class BoardConnection {
  readonly #listener: Listener;
  #view: BoardView;
  #hub: HubConnection | undefined;
  #stream: ISubscription<unknown> | undefined;
  #board: Board | undefined;
  #heardAt = elapsedMs();
  #heardTime = 0;
  #beatMs = 2_000;
  #attempt = 0;
  #cancelRetry = (): void => {};
  #stopWatch = (): void => {};
  #stopped = false;

  constructor(view: BoardView, listener: Listener) {
    this.#view = view;
    this.#listener = listener;
  }

  start(): void {
    this.#listener.connection({ kind: 'connecting' });
    this.#stopWatch = every(1_000, () => this.#watchSilence());
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopWatch();
    this.#cancelRetry();
    void this.#hub?.stop();
  }

  /** Another view over the same line. */
  show(view: BoardView): void {
    this.#view = view;
    if (this.#hub?.state === HubConnectionState.Connected) {
      this.#subscribe();
    }
  }

  /** Connects now instead of at the next attempt. */
  retryNow(): void {
    this.#cancelRetry();
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const old = this.#hub;
    this.#hub = undefined;
    await old?.stop().catch(() => {});
    const hub = new HubConnectionBuilder()
      // Straight to WebSockets: no sticky sessions needed, and one round trip less.
      .withUrl('/hubs/board', { transport: HttpTransportType.WebSockets })
      .configureLogging(LogLevel.None)
      .build();
    hub.onclose(() => this.#lost(hub));
    this.#hub = hub;
    try {
      await hub.start();
    } catch (error) {
      const status = error instanceof HttpError ? error.statusCode : /Status code '(\d+)'/.exec(String(error))?.[1];
      if (Number(status) === 401) {
        this.#refuse('signIn', 'You are not signed in.');
      } else if (Number(status) === 403) {
        this.#refuse('rights', 'The board is for agents and supervisors.');
      } else {
        this.#lost(hub);
      }
      return;
    }
    if (this.#stopped || this.#hub !== hub) {
      void hub.stop();
      return;
    }
    this.#attempt = 0;
    this.#heardAt = elapsedMs();
    this.#subscribe();
  }

  /** The first load, a changed view and a gap all come this way: a new stream, whose first message is a snapshot. */
  #subscribe(): void {
    this.#stream?.dispose();
    const stream = this.#hub!.stream<unknown>('Watch', this.#view).subscribe({
      next: (data) => stream === this.#stream && this.#take(data),
      error: (error: unknown) => {
        if (stream === this.#stream && /view\.invalid/.test(String(error))) {
          this.#refuse('view', String(error).replace(/^.*view\.invalid: /, ''));
        }
        // Any other end comes with the end of the line.
      },
      complete: () => {},
    });
    this.#stream = stream;
  }

  #take(data: unknown): void {
    const message = parseMessage(data);
    this.#heardAt = elapsedMs();
    if (message === undefined) {
      return;
    }
    if (message.kind === 'snapshot' && message.protocol !== PROTOCOL) {
      this.#refuse('version', 'The platform has been updated. Reload the page.');
      return;
    }
    if (message.kind === 'snapshot') {
      this.#beatMs = message.beatMs;
    }
    const next = applyMessage(this.#board, message);
    if (next === gap) {
      this.#subscribe();
      return;
    }
    this.#board = next;
    this.#heardTime = next.serverTime;
    this.#listener.board(next);
    this.#listener.connection(
      next.staleSince === undefined ? { kind: 'live' } : { kind: 'stale', since: next.staleSince, cause: 'feed', attempt: 0 },
    );
  }

  #watchSilence(): void {
    const silence = elapsedMs() - this.#heardAt;
    if (this.#hub?.state === HubConnectionState.Connected && silence > QUIET_BEATS * this.#beatMs) {
      this.#sayStale();
      if (silence > DEAD_BEATS * this.#beatMs) {
        this.#heardAt = elapsedMs();
        void this.#connect();
      }
    }
  }

  #lost(hub: HubConnection): void {
    if (this.#stopped || this.#hub !== hub) {
      return;
    }
    const wait = RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)]!;
    this.#attempt += 1;
    this.#sayStale();
    // Spread out, or all viewers of a host that comes back knock at once.
    this.#cancelRetry = after(wait * (0.75 + Math.random() / 2), () => void this.#connect());
  }

  #sayStale(): void {
    this.#listener.connection(
      this.#board === undefined
        ? { kind: 'connecting' }
        : { kind: 'stale', since: this.#board.staleSince ?? this.#heardTime, cause: 'lost', attempt: this.#attempt },
    );
  }

  #refuse(reason: Extract<Connection, { kind: 'refused' }>['reason'], detail: string): void {
    this.#listener.connection({ kind: 'refused', reason, detail });
    if (reason !== 'view') {
      this.stop();
    }
  }
}
