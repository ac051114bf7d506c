import type { HubConnection } from '@microsoft/signalr';
import { takeHappenings, type Happening, type Stream } from './happenings';
import { takeViewers, type Presences } from './presence';

/** What the hub tells beside the board: what happens across all cases, and who looks at which. */
export class LiveStreams {
  happenings = $state.raw<Stream | undefined>();
  presences = $state.raw<Presences>(new Map());
  readonly #news: (news: readonly Happening[]) => void;

  constructor(news: (news: readonly Happening[]) => void) {
    this.#news = news;
  }

  /** Asks anew whenever the line stands; streams end with the line, and nobody has to know. */
  open(hub: HubConnection): void {
    let first = true;
    hub.stream<unknown>('Happenings').subscribe({
      next: (data) => {
        this.happenings = takeHappenings(this.happenings, data, first);
        first = false;
        this.#news(this.happenings.news);
      },
      error: () => {},
      complete: () => {},
    });
    let whole = true;
    hub.stream<unknown>('Viewers').subscribe({
      next: (data) => {
        this.presences = takeViewers(this.presences, data, whole);
        whole = false;
      },
      error: () => {},
      complete: () => {},
    });
  }
}
