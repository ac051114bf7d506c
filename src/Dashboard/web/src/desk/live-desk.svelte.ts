import { gap } from '../board/board-store';
import type { Connection } from '../board/connection';
import { clock } from '../shared/clock.svelte';
import { HubLine } from '../shared/hub-line';
import { sender } from '../shared/sender.svelte';
import { toSignIn } from '../shared/session.svelte';
import { t } from '../shared/texts.svelte';
import type { HubConnection, ISubscription } from '@microsoft/signalr';
import { DESK_PROTOCOL, parseDeskMessage, parseViewers, type Accepted, type Chosen, type Declined, type Presence, type Viewer } from './desk-protocol';
import { applyDesk, type Desk } from './desk-store';

/** The signed-in person's desk over `/hubs/desk`, keeping itself up to date, for components to read. */
export class LiveDesk {
  #desk = $state.raw<Desk | undefined>();
  #connection = $state.raw<Connection>({ kind: 'connecting' });
  #viewers = $state.raw<readonly Viewer[]>([]);
  #stream: ISubscription<unknown> | undefined;
  #look: ISubscription<unknown> | undefined;
  #looksAt: string | undefined;
  readonly #line: HubLine;

  /** @param only False for a page that only looks at a case: no desk is asked for then. */
  constructor(readonly only: 'desk' | 'look') {
    this.#line = new HubLine('/hubs/desk', {
      open: (hub) => {
        clock.forget();
        sender.retry();
        this.#subscribe(hub);
        this.lookAt(this.#looksAt);
      },
      quiet: (attempt) => this.#sayStale(attempt),
      refused: (reason) => {
        this.#connection = { kind: 'refused', reason, detail: reason === 'signIn' ? t('shared.notSignedIn') : t('shared.deskForStaff') };
        if (reason === 'signIn') {
          toSignIn();
        }
      },
    });
    this.#line.start();
  }

  get desk(): Desk | undefined {
    return this.#desk;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Who looks at the case that was asked for last. */
  get viewers(): readonly Viewer[] {
    return this.#viewers;
  }

  accept(offer: string): Promise<Accepted> {
    return this.#invoke('Accept', offer);
  }

  decline(offer: string, reason: string): Promise<Declined> {
    return this.#invoke('Decline', offer, reason);
  }

  setPresence(presence: Presence): Promise<Chosen> {
    return this.#invoke('SetPresence', presence);
  }

  /** Shows this person as looking at the case, and who else does; undefined for none. */
  lookAt(caseId: string | undefined): void {
    this.#looksAt = caseId;
    this.#look?.dispose();
    this.#look = undefined;
    this.#viewers = [];
    const hub = this.#line.hub;
    if (caseId !== undefined && hub !== undefined) {
      const stream = hub.stream<unknown>('Look', caseId).subscribe({
        next: (data) => {
          if (stream === this.#look) {
            this.#line.heard();
            this.#viewers = parseViewers(data);
          }
        },
        error: () => {},
        complete: () => {},
      });
      this.#look = stream;
    }
  }

  /** Tells the others that this person is writing; a word that gets lost does no harm. */
  editing(caseId: string, on: boolean): void {
    this.#line.hub?.invoke('Editing', caseId, on).catch(() => {});
  }

  retryNow(): void {
    this.#line.retryNow();
    sender.retry();
  }

  stop(): void {
    this.#line.stop();
  }

  async #invoke<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    const hub = this.#line.hub;
    if (hub === undefined) {
      throw new Error(t('shared.noConnection'));
    }
    return await hub.invoke<T>(method, ...args);
  }

  #subscribe(hub: HubConnection): void {
    this.#stream?.dispose();
    if (this.only === 'look') {
      // Whoever only looks hears of changes only: silence is no fault there.
      this.#line.beatMs = Infinity;
      return;
    }
    const stream = hub.stream<unknown>('Desk').subscribe({
      next: (data) => stream === this.#stream && this.#take(data, hub),
      error: () => {},
      complete: () => {},
    });
    this.#stream = stream;
  }

  #take(data: unknown, hub: HubConnection): void {
    const message = parseDeskMessage(data);
    this.#line.heard();
    if (message === undefined) {
      return;
    }
    if (message.kind === 'snapshot') {
      if (message.protocol !== DESK_PROTOCOL) {
        this.#connection = { kind: 'refused', reason: 'version', detail: t('shared.updated') };
        this.stop();
        return;
      }
      this.#line.beatMs = message.beatMs;
    }
    const next = applyDesk(this.#desk, message);
    if (next === gap) {
      this.#subscribe(hub);
      return;
    }
    clock.learn(next.serverTime);
    this.#desk = next;
    this.#connection = next.staleSince === undefined ? { kind: 'live' } : { kind: 'stale', since: next.staleSince, cause: 'feed', attempt: 0 };
  }

  #sayStale(attempt: number): void {
    if (this.#desk !== undefined) {
      this.#connection = { kind: 'stale', since: this.#desk.staleSince ?? this.#desk.serverTime, cause: 'lost', attempt };
    }
  }
}
