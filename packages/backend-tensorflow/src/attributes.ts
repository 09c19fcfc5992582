// Attributes of TensorFlow's operations. The numbers are those of TensorFlow's C interface, which stay.
import type { BindingAttribute } from './binding.ts';

const kinds = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;

export type NumericType = 'float32' | 'int32' | 'bool';

/** TensorFlow's number of an element type. */
export const typeNumbers: Readonly<Record<NumericType, number>> = { float32: 1, int32: 3, bool: 10 };

export const text = (name: string, value: string): BindingAttribute => ({ name, type: kinds.string, value });
export const integer = (name: string, value: number): BindingAttribute => ({ name, type: kinds.int, value });
export const integers = (name: string, value: readonly number[]): BindingAttribute => ({
  name,
  type: kinds.int,
  value,
});
export const real = (name: string, value: number): BindingAttribute => ({ name, type: kinds.float, value });
export const flag = (name: string, value: boolean): BindingAttribute => ({ name, type: kinds.bool, value });
export const shape = (name: string, value: readonly number[]): BindingAttribute => ({ name, type: kinds.shape, value });
export const type = (name: string, value: NumericType): BindingAttribute => ({
  name,
  type: kinds.type,
  value: typeNumbers[value],
});

/**
 * With this, an operation of oneDNN's can be called by name: TensorFlow itself puts it in place of its own, in most cases
 * where it sees a whole graph only.
 */
export const byName: BindingAttribute = text('_kernel', 'MklNameChangeOp');

/** The type of the elements of nearly every operation here. */
export const float32: BindingAttribute = type('T', 'float32');
