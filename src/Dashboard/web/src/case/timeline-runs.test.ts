import { expect, test } from 'vitest';
import { tell } from './happening-words';
import { aboutOf, stretchesOf, type Entry } from './timeline-runs';

const entry = (kind: string, version: number): Entry => {
  const each = { kind, version, at: '2026-11-19T12:00:00Z', by: 'ana', data: {} };
  return { each, told: tell(each) };
};

test('what the platform did by itself between what people did is one line, and a single thing stays itself', () => {
  const kinds = ['noteAdded', 'clockStarted', 'noticeDecided', 'noticeAccepted', 'promiseMade', 'stageEntered', 'noteAdded'];
  const stretches = stretchesOf(kinds.map(entry));

  expect(stretches.map((each) => (each.kind === 'one' ? each.entry.each.version : each.entries.map((one) => one.each.version)))).toEqual([0, [1, 2, 3], 4, 5, 6]);
  expect(stretches.flatMap((each) => (each.kind === 'run' ? [aboutOf(each.entries)] : []))).toEqual(['clocks, messages']);
});

test('a clock that was breached is never hidden among others', () => {
  expect(stretchesOf(['clockStarted', 'clockBreached', 'clockStopped'].map(entry)).map((each) => each.kind)).toEqual(['one', 'one', 'one']);
});
