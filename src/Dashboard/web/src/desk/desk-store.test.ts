import { describe, expect, test } from 'vitest';
import { gap } from '../board/board-store';
import type { CasePromise, CaseView } from '../case/case-data';
import recorded from './desk-messages.json';
import { parseDeskMessage, type Offer } from './desk-protocol';
import { applyDesk, endOf, type Desk } from './desk-store';
import { promisesToday } from './promises-today';

describe('DSK-7', () => {
  test('the recorded messages give the desk that the host had', () => {
    let desk: Desk | undefined;
    for (const { message, then } of recorded) {
      const next = applyDesk(desk, parseDeskMessage(message)!);
      expect(next).not.toBe(gap);
      desk = next as Desk;
      expect({ offers: desk.offers.map((offer) => offer.id), cases: desk.cases.map((row) => row.id), waiting: desk.waiting.map((each) => each.kind), load: desk.me.load }).toEqual(then);
    }
  });

  test('a missing message asks for a snapshot, which is always taken', () => {
    const [first, , third] = recorded.map(({ message }) => parseDeskMessage(message)!);
    const desk = applyDesk(undefined, first!) as Desk;
    expect(applyDesk(desk, third!)).toBe(gap);
    expect(applyDesk(undefined, third!)).toBe(gap);
    expect((applyDesk(desk, first!) as Desk).seq).toBe(1);
  });

  test('a kind of message that is not known is skipped, and nonsense is not taken', () => {
    expect(parseDeskMessage({ kind: 'song', seq: 4 })).toBeUndefined();
    expect(() => parseDeskMessage('hello')).toThrow(TypeError);
  });

  test('promises due today stand in order, kept ones among them, and older open ones too', () => {
    const now = Date.parse('2026-11-19T12:00:00Z');
    const promise = (id: string, dueAt: string, state: CasePromise['state'], revision = 0): CasePromise => ({ id, text: id, dueAt, state, revision });
    const shown = { id: 'c', customer: { name: 'Vera' }, promises: [
      promise('later', '2026-11-19T15:00:00Z', 'explained', 1), promise('kept', '2026-11-19T09:00:00Z', 'kept'),
      promise('tomorrow', '2026-11-20T15:00:00Z', 'open'), promise('over', '2026-11-18T15:00:00Z', 'open'),
      promise('withdrawn', '2026-11-19T13:00:00Z', 'withdrawn'), promise('elsewhere', '2026-11-19T13:00:00Z', 'merged'),
    ] } as unknown as CaseView;
    expect(promisesToday([shown], now).map((each) => [each.text, each.open, each.note])).toEqual([['over', true, ''], ['kept', false, ''], ['later', true, 'moved once']]);
  });
});

test('DSK-3: an offer that is gone has expired at its time, and was withdrawn before', () => {
  const offer = { until: '2026-11-19T12:00:30Z' } as Offer;
  expect(endOf(offer, Date.parse('2026-11-19T12:00:30Z'))).toBe('expired');
  expect(endOf(offer, Date.parse('2026-11-19T12:00:10Z'))).toBe('withdrawn');
});
