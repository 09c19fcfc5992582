import { sha256 } from '@striate/core';
import type { Network } from '@striate/layers';
import { writeSafetensors } from '@striate/weights';
import { toHost } from './host-values.ts';

/** A network's parameters and moving statistics as one safetensors file by path: equal values, equal bytes. */
export async function weightsFile({ parameters, state }: Pick<Network, 'parameters' | 'state'>): Promise<Uint8Array> {
  return writeSafetensors(await toHost({ ...parameters, ...state }));
}

/**
 * A fingerprint of a network's values: SHA-256 over the bytes of its `weights.safetensors` as {@link save} writes it.
 * Equal to the bit if and only if parameters and moving statistics are.
 *
 * @returns 64 hexadecimal digits
 * @example
 * await weightsSha256(network); // '5f1c...'
 */
export async function weightsSha256(network: Pick<Network, 'parameters' | 'state'>): Promise<string> {
  return sha256(await weightsFile(network));
}
