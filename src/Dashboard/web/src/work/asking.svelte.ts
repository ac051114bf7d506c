import type { Outcome, Wish } from '../shared/outbox';
import { sender } from '../shared/sender.svelte';

/** A place where something is asked for by a click: what came of it is said there, and a line that is lost loses nothing. */
export class Asking {
  /** Why the platform said no; empty while it did not. */
  refused = $state('');
  readonly #changed: () => void;

  /** @param changed Called when something was answered. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** True while that was asked and is not answered. */
  waits(path: string): boolean {
    return sender.waiting.some((wish) => wish.path === path);
  }

  /** Asks, unless the same is under way. */
  async ask(wish: Omit<Wish, 'key' | 'user' | 'refused'>): Promise<Outcome['kind']> {
    if (this.waits(wish.path)) {
      return 'waiting';
    }
    this.refused = '';
    const outcome = await sender.ask(wish);
    if (outcome.kind === 'refused') {
      this.refused = outcome.detail;
    }
    if (outcome.kind !== 'waiting') {
      this.#changed();
    }
    return outcome.kind;
  }
}
