import { checkFunction, checkText, type Json } from '@striate/core';

/** A function as data: its type and its options. */
export interface FunctionRecord {
  readonly type: string;
  readonly [option: string]: Json | undefined;
}

/** Makes an initialiser, a penalty, a constraint or an activation of the record that it was saved as. */
export type FunctionFactory = (options: never) => (...inputs: never[]) => unknown;

/**
 * Gives functions of your own (initialisers, penalties, constraints, activations) a record, so that a model that uses
 * them can be saved; a bare function works too, but cannot be saved.
 *
 * @param type the record's type; `modelFromJson(json, { functions: { [type]: factory } })` finds the factory by it
 * @param make the function for some options, which must be JSON
 * @returns the factory
 * @throws {OptionError} if the type is no text, or empty, or `make` no function
 * @example
 * const checkered = defineFunction('checkered', ({ size }: { size: number }) => (shape: readonly number[]) =>
 *   Float32Array.from({ length: sizeOf(shape) }, (_, place) => (place % 2 === 0 ? size : -size)));
 * const layer = dense({ units: 4, kernelInitializer: checkered({ size: 0.1 }) });
 */
export function defineFunction<Options extends object, Made extends (...inputs: never[]) => unknown>(
  type: string,
  make: (options: Options) => Made,
): (options: Options) => Made {
  checkText('defineFunction', 'type', type);
  checkFunction('defineFunction', 'make', make);
  return (options) => {
    const made = make(options);
    // A function of its own for every call, so that two records never meet on one function.
    const copy = ((...inputs: never[]) => made(...inputs)) as Made;
    return Object.assign(copy, { record: { ...options, type } });
  };
}

/** The record of a function that {@link defineFunction} made. */
export function recordOf(value: unknown): FunctionRecord | undefined {
  return typeof value === 'function' && 'record' in value ? (value.record as FunctionRecord) : undefined;
}

/** A value that may be such a record. */
export function functionRecord(value: unknown): FunctionRecord | undefined {
  const isRecord = typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
  return isRecord ? (value as FunctionRecord) : undefined;
}
