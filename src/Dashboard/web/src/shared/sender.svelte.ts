import { after } from './clock.svelte';
import { newKey, post, put } from './http';
import { recall, remember } from './memory';
import { Outbox, type Outcome, type Wish } from './outbox';
import { session } from './session.svelte';

const STORE = 'outbox';

let wishes = $state.raw<readonly Wish[]>([]);

const outbox = new Outbox({
  read: () => recall(STORE),
  write: (text) => remember(STORE, text),
  send: (wish) => (wish.method === 'PUT' ? put(wish.path, wish.body, wish.key) : post(wish.path, wish.body, wish.key)),
  user: () => session.current?.user,
  after,
  changed: (now) => (wishes = now),
});

/** Everything that people type and send goes through here. */
export const sender = {
  /** Not answered yet, oldest first. */
  get waiting(): readonly Wish[] {
    return wishes.filter((wish) => wish.refused === undefined);
  },

  /** Refused after whoever asked had gone on. */
  get refused(): readonly Wish[] {
    return wishes.filter((wish) => wish.refused !== undefined);
  },

  ask(wish: Omit<Wish, 'key' | 'user' | 'refused'>): Promise<Outcome> {
    return outbox.ask({ ...wish, key: newKey(), user: session.current?.user ?? '' });
  },

  /** Sends what waits, now: the line is back, or somebody has signed in. */
  retry(): void {
    void outbox.flush();
  },

  drop(key: string): void {
    outbox.drop(key);
  },
};

addEventListener('online', () => sender.retry());

// A closed tab forgets; whoever closes one with something unsent is asked.
addEventListener('beforeunload', (event) => {
  if (sender.waiting.length > 0) {
    event.preventDefault();
  }
});
