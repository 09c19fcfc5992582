import type { Tensor } from '@tensorflow/tfjs-core';
import type { Values } from '../tensor.ts';

/** Names of the inputs that an optimiser op takes: 'gradient0', 'gradient1', ... */
export function pack(names: readonly string[], lists: Record<string, Values>): Values {
  const entries = Object.entries(lists).flatMap(([role, values]) =>
    names.map((name, index): [string, Tensor] => [`${role}${index}`, values[name]!]),
  );
  return Object.fromEntries(entries);
}

/** The `count` tensors of one role, in order. */
export function numbered(inputs: Values, role: string, count: number): Tensor[] {
  return Array.from({ length: count }, (_, index) => inputs[`${role}${index}`]!);
}

/** Cuts an optimiser op's outputs, list after list, back into records by parameter name. */
export function unpack(names: readonly string[], outputs: readonly Tensor[]): Values[] {
  const lists = names.length === 0 ? 0 : outputs.length / names.length;
  return Array.from({ length: lists }, (_, list) =>
    Object.fromEntries(names.map((name, index) => [name, outputs[list * names.length + index]!])),
  );
}
