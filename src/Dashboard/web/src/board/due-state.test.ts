import { expect, test } from 'vitest';
import { timeLeft } from '../shared/format';
import { crossings, escalated } from './announcer';
import { bandOf, dueState, fuseShares } from './due-state';
import type { BoardRow, Due } from './protocol';
import type { RailEscalation } from './rail';

const now = Date.parse('2026-11-19T14:00:00Z');
const at = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();
const target = (due: number): Due => ({ kind: 'internal', name: 'silence', startedAt: at(-60), warnAt: at(due - 10), dueAt: at(due), state: 'running' });
const promise = (sendBy: number, due: number): Due => ({ kind: 'promise', name: 'p1', startedAt: at(-60), sendBy: at(sendBy), dueAt: at(due), state: 'running' });

test('a target is close from its warning on and over from its due instant on', () => {
  expect([11, 10, 0].map((due) => dueState(target(due), now))).toEqual(['ok', 'warn', 'over']);
});

test('a promise is close when send-by has passed or half an hour is left, as the host counts it', () => {
  expect([promise(1, 120), promise(0, 120), promise(20, 30)].map((due) => dueState(due, now))).toEqual(['ok', 'warn', 'warn']);
});

test('bands follow the time left', () => {
  const band = (due?: Due): string => bandOf({ ...(due && { due }) } as BoardRow, now);
  expect([target(0), target(15), target(60), target(61), undefined].map(band)).toEqual(['overdue', 'quarter', 'hour', 'later', 'none']);
});

test('the ring of a fuse stands where the customer will be told', () => {
  expect(fuseShares(promise(30, 60), now)).toEqual({ used: 0.5, tick: 0.75, told: 0.75 });
});

test('a crossing is said once', () => {
  const row = { id: 'a', customer: 'Sorin Bălan', due: target(10) } as unknown as BoardRow;
  const first = crossings(new Map(), [row], now - 60_000);
  const second = crossings(first.states, [row], now);
  expect([first.say, second.say, crossings(second.states, [row], now).say]).toEqual(['', 'Sorin Bălan close', '']);
});

test('an escalation raised since is said once, and those from before the first look never', () => {
  const line = (id: string, minutes: number): RailEscalation => ({ id, caseId: id, number: 7, customer: id, level: 'head', cause: 'word', raisedAt: at(minutes) });
  const first = escalated(undefined, [line('Sorin', -9)]);
  const second = escalated(first.since, [line('Sorin', -9), line('Aylin', -1)]);
  expect([first.say, second.say, escalated(second.since, [line('Aylin', -1)]).say]).toEqual(['', 'Aylin escalated to dept head', '']);
  expect(escalated(undefined, []).say).toBe('');
  expect(escalated(0, [line('Aylin', -1)]).say).toBe('Aylin escalated to dept head');
});

test('time left reads as minutes, hours or days', () => {
  expect([252, -134, 5_040, 277_200].map((s) => timeLeft(s * 1000))).toEqual(['04:12', '+02:14', '1 h 24', '3 d 5 h']);
});
