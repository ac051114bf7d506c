import { Problem } from '../shared/http';
import type { BoardRow } from './protocol';

/** What a person has done from the board, as long as the board itself does not show it yet. */
export interface Act {
  readonly key: string;
  readonly caseId: string;
  /** For people: `Take over`. */
  readonly words: string;
  /** For people: whose case it is. */
  readonly customer: string;
  /** What the row shows meanwhile. */
  readonly shows: (row: BoardRow) => BoardRow;
  /** The version from which on the board shows it by itself; absent until it is answered. */
  readonly version?: number;
}

/** An act that a rule refused, or that nobody answered. */
export interface Refusal {
  readonly key: string;
  readonly caseId: string;
  readonly words: string;
  readonly customer: string;
  readonly detail: string;
  /** Nobody answered: the same wish can be sent again, and is done once. */
  readonly again?: Wish;
}

export interface Wish extends Omit<Act, 'version'> {
  readonly sends: readonly { readonly path: string; readonly body: unknown }[];
}

export interface ActPorts {
  /** Sends with an Idempotency-Key; answers with what the platform said, throws a Problem when it said no. */
  send(path: string, body: unknown, key: string): Promise<unknown>;
  changed(acts: readonly Act[], refusals: readonly Refusal[]): void;
}

/** BRD-5: shows at once what was done, sends it, and takes it back when a rule says no. */
export class Acts {
  readonly #ports: ActPorts;
  #acts: readonly Act[] = [];
  #refusals: readonly Refusal[] = [];

  constructor(ports: ActPorts) {
    this.#ports = ports;
  }

  async ask(wish: Wish): Promise<'done' | 'refused'> {
    const { sends, ...act } = wish;
    this.#refusals = this.#refusals.filter((each) => each.caseId !== wish.caseId);
    this.#acts = [...this.#acts.filter((each) => each.key !== wish.key), act];
    this.#tell();
    try {
      let version = 0;
      for (const [i, { path, body }] of sends.entries()) {
        version = Math.max(version, versionOf(await this.#ports.send(path, body, `${wish.key}-${i}`)));
      }
      this.#acts = this.#acts.map((each) => (each.key === wish.key ? { ...each, version } : each));
      this.#tell();
      return 'done';
    } catch (error) {
      this.#acts = this.#acts.filter((each) => each.key !== wish.key);
      const unanswered = error instanceof Problem && (error.status === 0 || error.status >= 500 || error.status === 429);
      const { key, caseId, words, customer } = wish;
      const detail = error instanceof Error ? error.message : String(error);
      this.#refusals = [...this.#refusals, { key, caseId, words, customer, detail, ...(unanswered && { again: wish }) }];
      this.#tell();
      return 'refused';
    }
  }

  /** The board has moved on: what it shows by itself, or shows no more, needs no help. */
  settle(rows: readonly BoardRow[]): void {
    const versions = new Map(rows.map((row) => [row.id, row.version]));
    const left = this.#acts.filter((act) => act.version === undefined || (versions.get(act.caseId) ?? Infinity) < act.version);
    if (left.length < this.#acts.length) {
      this.#acts = left;
      this.#tell();
    }
  }

  /** A refusal was read. */
  forget(key: string): void {
    this.#refusals = this.#refusals.filter((each) => each.key !== key);
    this.#tell();
  }

  #tell(): void {
    this.#ports.changed(this.#acts, this.#refusals);
  }
}

/** The rows as they will be, if nobody says no. Places stay: the host says the order. */
export function overlay(rows: readonly BoardRow[], acts: readonly Act[]): readonly BoardRow[] {
  return acts.length === 0 ? rows : (
      rows.map((row) => acts.filter((act) => act.caseId === row.id && (act.version === undefined || row.version < act.version)).reduce((shown, act) => act.shows(shown), row))
    );
}

function versionOf(answer: unknown): number {
  return typeof answer === 'object' && answer !== null && 'version' in answer && typeof answer.version === 'number' ? answer.version : 0;
}
