import { elapsedMs, every } from '../shared/clock.svelte';
import { readAgents, readRail, type Agent, type Rail } from './rail';

/** At least so often it is read anew; sooner when the board's figures say that something is new. */
const LONGEST_MS = 10_000;
const SHORTEST_MS = 1_000;

/** What waits for a person, and who is there, read again whenever that may have changed. */
export class LiveRail {
  rail = $state.raw<Rail | undefined>();
  agents = $state.raw<readonly Agent[] | undefined>();
  #key = '';
  #read = '';
  #readAt = -Infinity;
  #reading = false;
  readonly #stop: () => void;

  constructor() {
    this.#stop = every(SHORTEST_MS / 2, () => this.#look());
  }

  /** What the board's figures say now. */
  heard(key: string): void {
    this.#key = key;
    this.#look();
  }

  /** Something was done from here: read as soon as may be. */
  soon(): void {
    this.#read = '';
  }

  stop(): void {
    this.#stop();
  }

  #look(): void {
    const age = elapsedMs() - this.#readAt;
    if (!this.#reading && this.#key !== '' && !document.hidden && (age > LONGEST_MS || (this.#key !== this.#read && age > SHORTEST_MS))) {
      void this.#load();
    }
  }

  async #load(): Promise<void> {
    this.#reading = true;
    [this.#read, this.#readAt] = [this.#key, elapsedMs()];
    const [rail, agents] = await Promise.all([readRail(), readAgents()]);
    this.rail = rail ?? this.rail;
    this.agents = agents ?? this.agents;
    this.#reading = false;
  }
}
