import { expect, test } from 'vitest';
import { showHeld, showLive } from './held-order';
import type { BoardRow } from './protocol';

const row = (id: string, version = 1): BoardRow => ({ id, version }) as BoardRow;
const rows = (ids: string): BoardRow[] => [...ids].map((id) => row(id));

test('a held order keeps its places and says who waits to move', () => {
  const shown = showHeld(rows('abcd'), rows('bcda'));
  expect(shown.rows.map((each) => [each.row.id, each.move])).toEqual([['a', 3], ['b', 0], ['c', 0], ['d', 0]]);
  expect(shown.waiting).toBe(1);
});

test('cells follow the live rows while the order is held', () => {
  expect(showHeld([row('a', 1)], [row('a', 2)]).rows[0]?.row.version).toBe(2);
});

test('rows that left stay until released, and rows that came wait outside', () => {
  const shown = showHeld(rows('abc'), rows('xac'));
  expect(shown.rows.map((each) => [each.row.id, each.gone])).toEqual([['a', false], ['b', true], ['c', false]]);
  expect(shown.waiting).toBe(2);
});

test('nothing waits in a live order, nor in one held without a change', () => {
  expect(showLive(rows('abc')).waiting).toBe(0);
  expect(showHeld(rows('abc'), rows('abc')).waiting).toBe(0);
});
