import type { TensorInfo } from '@tensorflow/tfjs-core';
import { float32, flag, integer, integers, text, type, typeNumbers, type NumericType } from './attributes.ts';
import type { BindingAttribute, BindingTensor } from './binding.ts';
import type { Constants } from './constants.ts';
import type { Companion } from './companion.ts';
import type { Recent } from './recent.ts';
import type { TensorBackend } from './tensor-backend.ts';

/** TensorFlow's operations on handles, for the length of one kernel: what it makes is deleted unless it is kept. */
export class Operations {
  readonly constants: Constants;
  readonly #recent: Recent;
  readonly #backend: TensorBackend;
  readonly #made = new Map<number, BindingTensor>();

  constructor(backend: TensorBackend, constants: Constants, recent: Recent) {
    this.#backend = backend;
    this.#recent = recent;
    this.constants = constants;
  }

  /** The handle of a kernel's input. */
  of(tensor: TensorInfo): number {
    return this.#backend.handleOf(tensor);
  }

  /** The handle that an earlier kernel left in this role beside this tensor, its output. */
  companionOf(tensor: TensorInfo, role: Companion['role']): number | undefined {
    const companion = this.#backend.companionOf(tensor);
    return companion?.role === role ? companion.handle : undefined;
  }

  /** Runs an operation with one output. */
  one(operation: string, inputs: readonly number[], attributes: readonly BindingAttribute[] = [float32]): number {
    return this.many(operation, inputs, attributes, 1)[0]!;
  }

  /** Runs an operation with several outputs, or none. */
  many(
    operation: string,
    inputs: readonly number[],
    attributes: readonly BindingAttribute[],
    outputs: number,
  ): number[] {
    const results = this.#backend.binding.executeOp(operation, attributes, inputs, outputs);
    for (const result of results) this.#made.set(result.id, result);
    return results.map(({ id }) => id);
  }

  /** A tensor of values from the host. */
  upload(
    values: Float32Array | Int32Array | Uint8Array,
    dimensions: readonly number[],
    of: NumericType = 'float32',
  ): number {
    const dtype = typeNumbers[of];
    const id = this.#backend.binding.createTensor(dimensions, dtype, values);
    this.#made.set(id, { id, shape: [...dimensions], dtype });
    return id;
  }

  reshape(x: number, dimensions: readonly number[]): number {
    return this.one('Reshape', [x, this.constants.integers(dimensions)], [float32, type('Tshape', 'int32')]);
  }

  /** Zeros around: before and after each axis. */
  pad(x: number, sides: readonly (readonly [number, number])[]): number {
    if (sides.every(([before, after]) => before === 0 && after === 0)) return x;
    return this.one(
      'Pad',
      [x, this.constants.integers(sides.flat(), [sides.length, 2])],
      [float32, type('Tpaddings', 'int32')],
    );
  }

  /** Every so many-th element along each axis, from the first on. */
  every(x: number, dimensions: readonly number[], steps: readonly number[]): number {
    if (steps.every((step) => step === 1)) return x;
    const { constants } = this;
    const bounds = [constants.integers(steps.map(() => 0)), constants.integers(dimensions), constants.integers(steps)];
    return this.one('StridedSlice', [x, ...bounds], [float32, type('Index', 'int32')]);
  }

  slice(x: number, begin: readonly number[], size: readonly number[]): number {
    const { constants } = this;
    return this.one(
      'Slice',
      [x, constants.integers(begin), constants.integers(size)],
      [float32, type('Index', 'int32')],
    );
  }

  /** Equal parts along an axis. */
  split(x: number, axis: number, parts: number): number[] {
    return this.many('Split', [this.constants.integers(axis), x], [float32, integer('num_split', parts)], parts);
  }

  concat(parts: readonly number[], axis: number): number {
    return this.one(
      'ConcatV2',
      [...parts, this.constants.integers(axis)],
      [float32, integer('N', parts.length), type('Tidx', 'int32')],
    );
  }

  sum(x: number, axes: readonly number[], keepDimensions: boolean): number {
    return this.one(
      'Sum',
      [x, this.constants.integers(axes)],
      [float32, type('Tidx', 'int32'), flag('keep_dims', keepDimensions)],
    );
  }

  /** A scalar on the host: TensorFlow is waited for. */
  number(scalar: number): number {
    return (this.#backend.binding.tensorDataSync(scalar) as Float32Array)[0]!;
  }

  /** x, but another number where it is NaN. */
  withoutNaN(x: number, instead: number): number {
    return this.one('SelectV2', [this.one('IsNan', [x]), this.constants.scalar(instead), x]);
  }

  /** Adds a bias along the last axis and applies the activation. */
  finish(x: number, bias: TensorInfo | undefined, activation: 'linear' | 'relu'): number {
    const z = bias ? this.one('BiasAdd', [x, this.of(bias)], [float32]) : x;
    return activation === 'relu' ? this.one('Relu', [z]) : z;
  }

  /** The sum along all axes but the last. */
  biasGradient(dy: number): number {
    return this.one('BiasAddGrad', [dy], [float32]);
  }

  /** `dy` where the rectified output `y` is positive; `dy` itself if there is no `y`. */
  masked(dy: TensorInfo, y: TensorInfo | undefined): number {
    return y ? this.one('ReluGrad', [this.of(dy), this.of(y)]) : this.of(dy);
  }

  scaled(x: number, factor: number): number {
    return this.one('Mul', [x, this.constants.scalar(factor)]);
  }

  /** What a kernel makes in a forward pass and again for its gradient, by a key: made by `make` in the former alone. */
  madeTwice(key: string, make: () => number): number {
    const known = this.#recent.take(key);
    if (known !== undefined) {
      this.#made.set(known, { id: known, shape: [], dtype: 0 });
      return known;
    }
    const handle = make();
    this.#made.delete(handle);
    this.#recent.put(key, handle);
    return handle;
  }

  /** Takes a result out, so that it is not deleted: it now belongs to the caller. */
  keep(handle: number): BindingTensor | undefined {
    const result = this.#made.get(handle);
    this.#made.delete(handle);
    return result;
  }

  /** Deletes what was made and not kept. */
  end(): void {
    for (const handle of this.#made.keys()) this.#backend.binding.deleteTensor(handle);
    this.#made.clear();
  }
}

/**
 * Attributes of an operation with a window that moves over an NHWC image. What TensorFlow takes for granted is left out
 * everywhere: every attribute costs a microsecond.
 */
export function windowAttributes(
  window: { strides: readonly number[]; padding: readonly number[] },
  more: readonly BindingAttribute[],
): BindingAttribute[] {
  const isPadded = window.padding.some((side) => side > 0);
  return [
    float32,
    integers('strides', [1, ...window.strides, 1]),
    text('padding', isPadded ? 'EXPLICIT' : 'VALID'),
    ...(isPadded ? [integers('explicit_paddings', [0, 0, ...window.padding, 0, 0])] : []),
    ...more,
  ];
}
