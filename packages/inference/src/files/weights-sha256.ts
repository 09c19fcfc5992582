import { OptionError, describe, isRecord, sha256 } from '@striate/core';
import { type Network, checkWeight } from '@striate/layers';
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
 * @throws {OptionError} for anything but a network
 * @example
 * await weightsSha256(network); // '5f1c...'
 */
export async function weightsSha256(network: Pick<Network, 'parameters' | 'state'>): Promise<string> {
  for (const part of ['parameters', 'state'] as const) {
    const values: unknown = isRecord(network) ? network[part] : undefined;
    if (!isRecord(values)) {
      const advice = isRecord(network) && 'network' in network ? ' Write weightsSha256(result.network).' : '';
      throw new OptionError(
        `weightsSha256: got ${describe(network)}, but a network is needed: { parameters, state }.${advice}`,
      );
    }
    for (const [name, value] of Object.entries(values)) checkWeight('weightsSha256', `${part}['${name}']`, value);
  }
  return sha256(await weightsFile(network));
}
