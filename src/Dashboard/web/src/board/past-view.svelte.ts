import type { HubConnection, ISubscription } from '@microsoft/signalr';
import { get, isRecord, Problem } from '../shared/http';
import { refusalWords } from '../shared/refusal';
import { toSignIn } from '../shared/session.svelte';
import { applyMessage, gap, type Board } from './board-store';
import { parseMessage, type BoardRow, type BoardView, type Counts } from './protocol';
import { queryOf } from './views';

/** BRD-6: the board as it was, still or playing. */
export class PastView {
  board = $state.raw<Board | undefined>();
  /** The instant that is shown; undefined while nothing of the past is. */
  at = $state<number | undefined>();
  /** How many seconds pass in one; 0 while it stands still. */
  speed = $state(0);
  problem = $state('');
  #stream: ISubscription<unknown> | undefined;
  #asked = 0;

  /** Shows an instant. The picture before stays until the new one is there. */
  async show(view: BoardView, at: number): Promise<void> {
    this.#halt();
    const asked = ++this.#asked;
    this.at = at;
    try {
      const query = queryOf(new URLSearchParams(Object.entries(view).map(([name, value]) => [name, String(value)])));
      const answer = await get(`/api/board?${query === '' ? '' : `${query}&`}at=${encodeURIComponent(new Date(at).toISOString())}`);
      if (asked === this.#asked && isRecord(answer)) {
        this.problem = '';
        this.board = boardOf(answer);
      }
    } catch (error) {
      if (asked !== this.#asked) {
        return;
      }
      if (error instanceof Problem && error.status === 401) {
        toSignIn();
      }
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** Plays from the instant that is shown on; `arrived` is called when it is now. */
  play(hub: HubConnection, view: BoardView, speed: number, arrived: () => void): void {
    this.#halt();
    this.#asked += 1;
    if (this.at === undefined) {
      return;
    }
    this.speed = speed;
    let board: Board | undefined;
    const stream = hub.stream<unknown>('Replay', view, new Date(this.at).toISOString(), speed).subscribe({
      next: (data) => {
        const message = parseMessage(data);
        if (stream !== this.#stream || message === undefined) {
          return;
        }
        const next = applyMessage(board, message);
        if (next !== gap) {
          board = next;
          this.board = next;
          this.at = message.at === undefined ? this.at : Date.parse(message.at);
        }
      },
      error: (error: unknown) => {
        if (stream === this.#stream) {
          this.#halt();
          const [, code, detail = String(error)] = /((?:view|replay)\.invalid): (.*)$/.exec(String(error)) ?? [];
          void refusalWords(code, detail).then((words) => (this.problem = words));
        }
      },
      complete: () => {
        if (stream === this.#stream) {
          this.#halt();
          arrived();
        }
      },
    });
    this.#stream = stream;
  }

  /** The instant that shows one event more or less than another; undefined when there is none, or nobody answers. */
  async step(hub: HubConnection, from: number, by: number): Promise<number | undefined> {
    try {
      const to = await hub.invoke<string | null>('Step', new Date(from).toISOString(), by);
      this.problem = '';
      return to === null ? undefined : Date.parse(to);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }

  pause(): void {
    this.#halt();
  }

  /** Back to what is live. */
  leave(): void {
    this.#halt();
    this.#asked += 1;
    [this.at, this.board, this.problem] = [undefined, undefined, ''];
  }

  #halt(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    this.speed = 0;
    stream?.dispose();
  }
}

function boardOf(answer: Readonly<Record<string, unknown>>): Board {
  return {
    seq: 0,
    position: Number(answer['position']),
    serverTime: Date.parse(String(answer['serverTime'])),
    lagMs: 0,
    staleSince: undefined,
    rows: answer['items'] as readonly BoardRow[],
    counts: answer['counts'] as Counts,
    next: undefined,
    changes: new Map(),
  };
}
