import { expect, test } from 'vitest';
import { createTurn } from './event-loop.ts';

test('a turn ends before a further step would pass 40 ms', async () => {
  let time = 0;
  const turn = createTurn(() => time);
  const afterStep = (milliseconds: number): boolean => {
    time += milliseconds;
    return turn.isOver();
  };
  expect([10, 10, 10].map(afterStep)).toEqual([false, false, false]);
  expect(afterStep(5)).toBe(false);
  expect(afterStep(1)).toBe(false);
  expect(afterStep(3)).toBe(true);
  await turn.yield();
  expect(afterStep(15)).toBe(false);
  expect(afterStep(15)).toBe(true);
  await turn.yield();
  expect(afterStep(100)).toBe(true);
});

test('timers run when a turn is yielded', async () => {
  const ran: boolean[] = [];
  setTimeout(() => ran.push(true), 0);
  const turn = createTurn();
  while (ran.length === 0) await turn.yield();
  expect(ran).toEqual([true]);
});
