import { describe, expect, test } from 'vitest';
import { Problem } from './http';
import { Outbox, type Wish } from './outbox';

const away = new Problem(0, 'network', 'The platform could not be reached.');

/** A platform that may be away, and a browser that may be reloaded. */
class World {
  stored = '';
  user: string | undefined = 'ana';
  online = true;
  /** The line breaks after the platform has done it and before it has answered. */
  answersLost = 0;
  refusals = new Map<string, string>();
  readonly done: string[] = [];
  readonly sent: string[] = [];
  wishes: readonly Wish[] = [];
  retry: (() => void) | undefined;
  box = this.open();

  open(): Outbox {
    return new Outbox({
      read: () => this.stored,
      write: (text) => (this.stored = text),
      user: () => this.user,
      after: (_, action) => {
        this.retry = action;
        return () => (this.retry = undefined);
      },
      changed: (wishes) => (this.wishes = wishes),
      send: async (wish) => {
        await Promise.resolve();
        if (!this.online) {
          throw away;
        }
        this.sent.push(wish.key);
        const refusal = this.refusals.get(wish.key);
        if (refusal !== undefined) {
          throw new Problem(409, 'case.closed', refusal);
        }
        if (!this.done.includes(wish.key)) {
          this.done.push(wish.key);
        }
        if (this.answersLost-- > 0) {
          throw away;
        }
        return { key: wish.key };
      },
    });
  }

  reload(): void {
    this.box = this.open();
  }

  wish(key: string): Wish {
    return { key, user: 'ana', path: `/api/${key}`, body: { note: key }, words: key };
  }
}

describe('DSK-7: nothing typed is lost', () => {
  test('an answer comes back to whoever asked', async () => {
    const world = new World();
    expect(await world.box.ask(world.wish('a'))).toEqual({ kind: 'done', answer: { key: 'a' } });
    expect([world.wishes, world.stored]).toEqual([[], '']);
  });

  test('what could not be sent waits through a reload and is sent in order, once', async () => {
    const world = new World();
    world.online = false;
    expect(await world.box.ask(world.wish('a'))).toEqual({ kind: 'waiting' });
    expect(await world.box.ask(world.wish('b'))).toEqual({ kind: 'waiting' });
    expect(world.wishes.map((wish) => wish.key)).toEqual(['a', 'b']);
    world.reload();
    world.online = true;
    await world.box.flush();
    expect([world.done, world.wishes]).toEqual([['a', 'b'], []]);
  });

  test('CUS-6: the days of a customer, a whole that is put in place, wait through a reload like everything typed', async () => {
    const world = new World();
    world.online = false;
    const days: Wish = { ...world.wish('days'), method: 'PUT', path: '/api/customers/7/occasions', body: { birthday: '03-14', newYear: true, dates: [] } };
    expect(await world.box.ask(days)).toEqual({ kind: 'waiting' });
    world.reload();
    expect(world.wishes).toEqual([days]);
    world.online = true;
    await world.box.flush();
    expect([world.done, world.wishes]).toEqual([['days'], []]);
  });

  test('an answer that was lost on its way is fetched with the same key, and nothing is done twice', async () => {
    const world = new World();
    world.answersLost = 2;
    expect(await world.box.ask(world.wish('a'))).toEqual({ kind: 'waiting' });
    world.retry?.();
    await until(() => world.sent.length === 2 && world.retry !== undefined);
    world.retry?.();
    await until(() => world.wishes.length === 0);
    expect([world.sent, world.done]).toEqual([['a', 'a', 'a'], ['a']]);
  });

  test('a no is told to whoever waits for it, and kept for whoever has gone on', async () => {
    const world = new World();
    world.refusals.set('a', 'Case 7 is closed.');
    expect(await world.box.ask(world.wish('a'))).toEqual({ kind: 'refused', detail: 'Case 7 is closed.' });
    expect(world.wishes).toEqual([]);

    world.online = false;
    await world.box.ask(world.wish('a'));
    await world.box.ask(world.wish('b'));
    world.online = true;
    await world.box.flush();
    expect(world.wishes).toEqual([{ ...world.wish('a'), refused: 'Case 7 is closed.' }]);
    expect(world.done).toEqual(['b']);
    world.box.drop('a');
    expect(world.wishes).toEqual([]);
  });

  test('a wish is never sent by somebody else’s sign-in, and cannot be dropped while it waits', async () => {
    const world = new World();
    world.online = false;
    await world.box.ask(world.wish('a'));
    world.online = true;
    world.user = 'boris';
    await world.box.flush();
    world.box.drop('a');
    expect([world.done, world.wishes.length]).toEqual([[], 1]);
    world.user = 'ana';
    await world.box.flush();
    expect(world.done).toEqual(['a']);
  });

  test('what is stored and cannot be read is no reason to fail', () => {
    const world = new World();
    world.stored = '{broken';
    world.reload();
    expect(world.wishes).toEqual([]);
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 50 && !holds(); turn++) {
    await Promise.resolve();
  }
  expect(holds()).toBe(true);
}
