import { HttpError, HttpTransportType, HubConnectionBuilder, HubConnectionState, LogLevel, type HubConnection } from '@microsoft/signalr';
import { after, elapsedMs, every } from './clock.svelte';

export interface LineListener {
  /** The line stands: subscribe. Called again after each reconnection. */
  open(hub: HubConnection): void;
  /** Nothing is heard any more; `attempt` counts reconnections, 0 while the line still seems to stand. */
  quiet(attempt: number): void;
  refused(reason: 'signIn' | 'rights'): void;
}

/** After three missed beats the picture is called stale, after six the line is cut. */
const QUIET_BEATS = 3;
const DEAD_BEATS = 6;
const RETRY_MS = [0, 500, 1_000, 2_000, 4_000, 8_000] as const;

/** A line to a hub that reconnects for ever, until stopped or refused. */
export class HubLine {
  beatMs = 2_000;
  readonly #url: string;
  readonly #listener: LineListener;
  #hub: HubConnection | undefined;
  #heardAt = elapsedMs();
  #attempt = 0;
  #cancelRetry = (): void => {};
  #stopWatch = (): void => {};
  #stopped = false;

  constructor(url: string, listener: LineListener) {
    this.#url = url;
    this.#listener = listener;
  }

  start(): void {
    this.#stopWatch = every(1_000, () => this.#watchSilence());
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopWatch();
    this.#cancelRetry();
    void this.#hub?.stop();
  }

  /** To be said for every message. */
  heard(): void {
    this.#heardAt = elapsedMs();
  }

  /** Connects now instead of at the next attempt. */
  retryNow(): void {
    this.#cancelRetry();
    void this.#connect();
  }

  /** The hub, while the line stands. */
  get hub(): HubConnection | undefined {
    return this.#hub?.state === HubConnectionState.Connected ? this.#hub : undefined;
  }

  async #connect(): Promise<void> {
    const old = this.#hub;
    this.#hub = undefined;
    await old?.stop().catch(() => {});
    const hub = new HubConnectionBuilder()
      // Straight to WebSockets: no sticky sessions needed, and one round trip less.
      .withUrl(this.#url, { transport: HttpTransportType.WebSockets })
      .configureLogging(LogLevel.None)
      .build();
    hub.onclose(() => this.#lost(hub));
    this.#hub = hub;
    try {
      await hub.start();
    } catch (error) {
      const status = Number(error instanceof HttpError ? error.statusCode : /Status code '(\d+)'/.exec(String(error))?.[1]);
      if (status === 401 || status === 403) {
        this.stop();
        this.#listener.refused(status === 401 ? 'signIn' : 'rights');
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
    this.heard();
    this.#listener.open(hub);
  }

  #watchSilence(): void {
    const silence = elapsedMs() - this.#heardAt;
    if (this.hub !== undefined && silence > QUIET_BEATS * this.beatMs) {
      this.#listener.quiet(0);
      if (silence > DEAD_BEATS * this.beatMs) {
        this.heard();
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
    this.#listener.quiet(this.#attempt);
    // Spread out, or all viewers of a host that comes back knock at once.
    this.#cancelRetry();
    this.#cancelRetry = after(wait * (0.75 + Math.random() / 2), () => void this.#connect());
  }
}
