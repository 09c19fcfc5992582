import { createHash } from 'node:crypto';
import { randomBits, streams } from '@striate/core';
import { expect, test, vi } from 'vitest';
import { sha256InScript } from './sha256-in-script.ts';
import { sha256 } from './sha256.ts';

const random = (length: number, seed: number): Uint8Array =>
  Uint8Array.from(randomBits({ seed, stream: streams.noise, call: 0, step: 0 }, { length }), (word) => word & 255);

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000])('%i bytes, as OpenSSL', async (length) => {
  const bytes = random(length + 3, length).subarray(3);
  const wanted = createHash('sha256').update(bytes).digest('hex');
  expect(Buffer.from(sha256InScript(bytes)).toString('hex')).toBe(wanted);
  expect(await sha256(bytes)).toBe(wanted);
  vi.stubGlobal('crypto', {});
  expect(await sha256(bytes)).toBe(wanted);
  vi.unstubAllGlobals();
});
