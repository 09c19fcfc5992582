import { use } from '@striate/core';
import { cpu } from '@striate/core/testing';
import { dense, initialize, input, sequential, type Network } from '@striate/layers';
import { beforeAll, expect, test } from 'vitest';
import { createLiveNetwork } from './live-network.ts';

beforeAll(async () => {
  await use(cpu());
});

const network = (): Network => initialize(sequential([input([2]), dense({ units: 1 })]), { seed: 1 });

test('answers at once while the network rests, and between two steps while it is trained', async () => {
  const [first, between, last] = [network(), network(), network()];
  const live = createLiveNetwork(first);
  const who = (): Promise<Network> => live.ask(async (asked) => asked);
  expect(await who()).toBe(first);
  await live.leave();
  expect(Object.values(first.parameters).every(({ isDisposed }) => isDisposed)).toBe(true);
  const waits = who();
  expect(live.isAsked()).toBe(true);
  await live.answer(between);
  expect(await waits).toBe(between);
  live.rest(last);
  expect(await who()).toBe(last);
});

test('a question that fails fails alone; without a network all do', async () => {
  const live = createLiveNetwork(network());
  await expect(live.ask(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await live.ask(async () => 1)).toBe(1);
  await live.leave();
  const waits = live.ask(async () => 2);
  live.rest(undefined);
  await expect(waits).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: The network is gone, because the backend failed. Load the page again.]`,
  );
});
