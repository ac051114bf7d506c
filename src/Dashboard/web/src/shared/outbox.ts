import { Problem } from './http';

/** Something that a person wants done, kept until the platform has answered it. */
export interface Wish {
  /** Its Idempotency-Key: however often it is sent, it is done once. */
  readonly key: string;
  /** Whose wish it is: nobody else's sign-in sends it. */
  readonly user: string;
  readonly path: string;
  /** The whole of something as it is from now on; left out, something to be done. */
  readonly method?: 'PUT';
  readonly body: unknown;
  /** For people: `Log contact, Vera Lungu`. */
  readonly words: string;
  readonly caseId?: string;
  /** The form that it was typed into: a wish that is refused late can go back there. */
  readonly draft?: { readonly pane: string; readonly values: Readonly<Record<string, string>> };
  /** Why the platform said no, when whoever asked had gone on to something else. */
  readonly refused?: string;
}

export type Outcome =
  | { readonly kind: 'done'; readonly answer: unknown }
  | { readonly kind: 'refused'; readonly detail: string }
  /** Nobody answered yet. It is sent again until somebody does. */
  | { readonly kind: 'waiting' };

export interface OutboxPorts {
  /** What was kept before a reload; empty when nothing was. */
  read(): string;
  write(text: string): void;
  send(wish: Wish): Promise<unknown>;
  user(): string | undefined;
  /** Runs `action` once after `ms`, unless the returned function is called before. */
  after(ms: number, action: () => void): () => void;
  changed(wishes: readonly Wish[]): void;
}

const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;

/** Answers that say nothing about the wish itself: not reached, signed out, too many at once, the database away. */
const NO_ANSWER: ReadonlySet<number> = new Set([0, 401, 408, 429, 502, 503, 504]);

/**
 * Sends wishes one after another, in the order in which they were made. What nobody answers stays, through reloads too, and
 * is sent again with the same key.
 */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #asking = new Map<string, (outcome: Outcome) => void>();
  #wishes: readonly Wish[];
  #sending = false;
  #attempt = 0;
  #cancelRetry = (): void => {};

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
    this.#wishes = parse(ports.read());
    ports.changed(this.#wishes);
  }

  /** Keeps the wish, sends it after those before it, and says what came of the first attempt. */
  ask(wish: Wish): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#asking.set(wish.key, resolve);
      this.#keep([...this.#wishes, wish]);
      void this.flush();
    });
  }

  /** Sends what waits, now. */
  async flush(): Promise<void> {
    if (this.#sending) {
      return;
    }
    this.#cancelRetry();
    this.#sending = true;
    try {
      for (let wish = this.#next(); wish !== undefined; wish = this.#next()) {
        if (!(await this.#send(wish))) {
          this.#rest();
          return;
        }
      }
      this.#attempt = 0;
    } finally {
      this.#sending = false;
    }
  }

  /** Gives up a wish that was refused. */
  drop(key: string): void {
    this.#keep(this.#wishes.filter((wish) => wish.key !== key || wish.refused === undefined));
  }

  #next(): Wish | undefined {
    const user = this.#ports.user();
    return this.#wishes.find((wish) => wish.refused === undefined && wish.user === user);
  }

  /** True when it was answered, whatever the answer. */
  async #send(wish: Wish): Promise<boolean> {
    try {
      const answer = await this.#ports.send(wish);
      this.#keep(this.#wishes.filter((each) => each.key !== wish.key));
      this.#tell(wish.key, { kind: 'done', answer });
    } catch (error) {
      if (error instanceof Problem && NO_ANSWER.has(error.status)) {
        return false;
      }
      const detail = error instanceof Error ? error.message : String(error);
      this.#keep(
        this.#asking.has(wish.key)
          ? this.#wishes.filter((each) => each.key !== wish.key)
          : this.#wishes.map((each) => (each.key === wish.key ? { ...each, refused: detail } : each)),
      );
      this.#tell(wish.key, { kind: 'refused', detail });
    }
    return true;
  }

  /** Nobody answers: whoever asked is told to go on, and it is tried again later. */
  #rest(): void {
    for (const key of [...this.#asking.keys()]) {
      this.#tell(key, { kind: 'waiting' });
    }
    const wait = RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)]!;
    this.#attempt += 1;
    this.#cancelRetry = this.#ports.after(wait, () => void this.flush());
  }

  #tell(key: string, outcome: Outcome): void {
    const resolve = this.#asking.get(key);
    this.#asking.delete(key);
    resolve?.(outcome);
  }

  #keep(wishes: readonly Wish[]): void {
    this.#wishes = wishes;
    this.#ports.write(wishes.length === 0 ? '' : JSON.stringify(wishes));
    this.#ports.changed(wishes);
  }
}

function parse(text: string): readonly Wish[] {
  try {
    const value: unknown = text === '' ? [] : JSON.parse(text);
    return Array.isArray(value) ? (value as readonly Wish[]) : [];
  } catch {
    return [];
  }
}
