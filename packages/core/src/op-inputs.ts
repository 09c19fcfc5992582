import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from './check-tensors.ts';

/** Inputs of an op by name; one that is undefined is left out. */
export type OpInputs = Record<string, Tensor | undefined>;

/** What an op takes, besides tensors of float32. */
export interface InputRules {
  /** What errors begin with, 'conv2d'. */
  where: string;
  /** Inputs that may be left out. */
  optional: readonly string[];
  /** Inputs that kernels take in any type. */
  asGiven: readonly string[];
}

/**
 * The inputs that are there, and whether kernels may have them: of int32 and bool they would read the bits as floats.
 *
 * @throws {OptionError} for what is no tensor, for a disposed one, and for complex numbers and text
 */
export function checkedInputs(
  inputs: OpInputs,
  { where, optional, asGiven }: InputRules,
): { present: Record<string, Tensor>; integers: string[] } {
  const present: Record<string, Tensor> = {};
  const integers: string[] = [];
  for (const name in inputs) {
    const input: unknown = inputs[name];
    if (input === undefined && optional.includes(name)) continue;
    checkTensor(where, name, input);
    present[name] = input;
    if (input.dtype !== 'float32' && !asGiven.includes(name)) integers.push(name);
  }
  return { present, integers };
}
