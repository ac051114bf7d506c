import { describe, expect, test } from 'vitest';
import { applyMessage, gap, type Board } from './board-store';
import recorded from './board-messages.json';
import { parseMessage, type BoardMessage, type BoardRow, type Counts } from './protocol';

describe('BRD-2', () => {
  test('what the host really said gives the rows that the host had', () => {
    let board: Board | undefined;
    for (const { message, then } of recorded) {
      const next = applyMessage(board, parseMessage(message)!);
      expect(next).not.toBe(gap);
      board = next as Board;
      expect(board.rows.map((row) => `${row.id} ${row.version}`)).toEqual(then);
    }
    expect(board?.staleSince).toBe(Date.parse('2026-11-19T14:32:05Z'));
  });

  // A seed that ever fails goes to the front of this list, with what it found.
  test.each([...Array.from({ length: 100 }, (_, i) => i + 1), Date.now()])('any changes applied equal a fresh load (seed %i)', (seed) => {
    const random = randomFrom(seed);
    const host = new RandomHost(random);
    let view = host.window();
    let board = applyMessage(undefined, snapshot(view)) as Board;
    for (let seq = 2; seq < 60; seq++) {
      for (let n = random(4); n >= 0; n--) {
        host.change();
      }
      const next = host.window();
      board = applyMessage(board, difference(view, next, seq)) as Board;
      view = next;
      expect(board.rows).toEqual(view);
    }
  });

  test('a missing message asks for a snapshot, and a snapshot is always taken', () => {
    const board = applyMessage(undefined, snapshot([row(1, 1, 1)])) as Board;
    const late = difference(board.rows, [], 3);
    expect(applyMessage(board, late)).toBe(gap);
    expect(applyMessage(undefined, late)).toBe(gap);
    expect((applyMessage(board, snapshot([row(2, 1, 1)])) as Board).rows).toHaveLength(1);
  });

  test('a changed cell remembers what it showed before', () => {
    const before = row(1, 1, 5);
    const board = applyMessage(undefined, snapshot([before])) as Board;
    const hot: BoardRow = { ...before, version: 2, heat: 'public' };
    const next = applyMessage(board, difference([before], [hot], 2)) as Board;
    expect(next.changes.get(before.id)).toEqual({ at: Date.parse(at), heat: 'calm' });
  });
});

test('a kind of message that is not known is skipped, and nonsense is not taken', () => {
  expect(parseMessage({ kind: 'presence', seq: 4 })).toBeUndefined();
  expect(() => parseMessage('hello')).toThrow(TypeError);
});

const at = '2026-11-19T14:32:08Z';
const counts: Counts = {
  total: 0, matched: 0, overdue: 0, promises: 0, promisesAtRisk: 0, unacknowledged: 0,
  byLevel: { buffer: 0, specialist: 0, head: 0, management: 0 },
  byHeat: { calm: 0, tense: 0, heated: 0, aggressive: 0, public: 0 },
};
const common = { position: 1, serverTime: at, lagMs: 0, counts };

function snapshot(rows: readonly BoardRow[]): BoardMessage {
  return { kind: 'snapshot', seq: 1, protocol: 1, beatMs: 2000, rows, ...common };
}

/** The host's own rule, BoardStream.Difference. */
function difference(from: readonly BoardRow[], to: readonly BoardRow[], seq: number): BoardMessage {
  const before = new Map(from.map((each) => [each.id, each.version]));
  const changed = to.map((each, place) => ({ each, place })).filter(({ each }) => before.get(each.id) !== each.version);
  const removes = from.filter((each) => !to.some(({ id }) => id === each.id)).map(({ id }) => id);
  return { kind: 'patch', seq, removes, upserts: changed.map(({ each }) => each), places: changed.map(({ place }) => place), ...common };
}

function row(id: number, version: number, dueMinute: number): BoardRow {
  return {
    id: `case-${id}`, version, number: id, customerId: 'c', type: 'quality', stage: 'contact', round: 1, heat: 'calm', level: 'buffer',
    complainedAt: at, promises: [], escalations: [], callTasks: 0,
    due: { kind: 'internal', name: 'silence', startedAt: at, dueAt: new Date(Date.parse(at) + dueMinute * 60_000).toISOString(), state: 'running' },
  };
}

class RandomHost {
  readonly #rows = new Map<number, BoardRow>();
  #version = 0;

  constructor(readonly random: (below: number) => number) {}

  change(): void {
    const id = this.random(30);
    if (this.#rows.has(id) && this.random(5) === 0) {
      this.#rows.delete(id);
    } else {
      this.#rows.set(id, row(id, ++this.#version, this.random(8)));
    }
  }

  window(): readonly BoardRow[] {
    const key = (each: BoardRow): string => `${each.due!.dueAt} ${each.id}`;
    return [...this.#rows.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, 10);
  }
}

/** A small generator that gives the same numbers for the same seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
