import { memory, mul, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { valueAndGradients } from '../gradients.ts';
import * as ops from '../ops/index.ts';
import { permutation } from '../permutation.ts';
import { streams } from '../random-key.ts';
import { randomNormal } from '../random.ts';
import { sizeOf } from '../shape.ts';
import type { Values } from '../tensor.ts';

/** The seed of all inputs: another one each second. */
export const seed: number = Math.floor(Date.now() / 1000) % 2 ** 32;

let call = 0;

/** Gaussian values. */
export function normal(shape: readonly number[]): Float32Array {
  return randomNormal({ seed, stream: streams.initializer, call: call++, step: 0 }, sizeOf(shape));
}

/** Distinct values, far enough apart that a small step never changes their order or sign. */
export function apart(shape: readonly number[]): Float32Array {
  const size = sizeOf(shape);
  const order = permutation({ seed, stream: streams.shuffle, call: call++, step: 0 }, size);
  return Float32Array.from(order, (place) => (place - size / 2 + 0.25) * (4 / size));
}

/** An op whose gradients are to be compared with finite differences. */
export interface GradientCase {
  name: string;
  /** Shapes of the inputs that it is differentiated by. */
  inputs: Record<string, number[]>;
  compute(inputs: Values): Tensor;
  /** Default {@link normal}. */
  values?: (shape: readonly number[]) => Float32Array;
  /** Length of the finite step. Default 0.01. */
  step?: number;
}

/**
 * Compares the slope in a random direction of each input with a finite difference; counts tensors. Where a corner of the
 * function may be why they differ, it takes other inputs.
 */
export async function checkGradients(gradientCase: GradientCase): Promise<void> {
  for (let trial = 0; trial < 5; trial++) if (await agree(gradientCase)) return;
  throw new Error(`${gradientCase.name}: the slopes differ at five places. If all have corners, take a smaller step.`);
}

/** False where there may be a corner. */
async function agree({ inputs, compute, values = normal, step = 1e-2 }: GradientCase): Promise<boolean> {
  const names = Object.keys(inputs);
  const points = names.map((name) => values(inputs[name]!));
  const directions = names.map((name) => normal(inputs[name]!));
  const at = (move: number, moved: number): Values =>
    Object.fromEntries(
      names.map((name, index) => {
        const shift = index === moved ? move : 0;
        return [
          name,
          tensor(
            points[index]!.map((value, place) => value + shift * directions[index]![place]!),
            inputs[name],
          ),
        ];
      }),
    );
  const outputShape = tidy(() => compute(at(0, 0)).shape);
  const weights = normal(outputShape);
  const lossAt = async (move: number, moved: number): Promise<number> => {
    const y = tidy(() => compute(at(move, moved)));
    const read = await y.data<'float32'>();
    y.dispose();
    return read.reduce((total, value, index) => total + value * weights[index]!, 0) / weights.length;
  };

  const start = at(0, 0);
  const before = memory().numTensors;
  const { loss, gradients } = valueAndGradients(
    (given) => ({ loss: ops.mean(weighted(compute(given), weights)) }),
    start,
  );
  expect(memory().numTensors - before).toBe(names.length + 1);
  for (const [index, name] of names.entries()) {
    const gradient = await gradients[name]!.data<'float32'>();
    const slope = gradient.reduce((total, value, place) => total + value * directions[index]![place]!, 0);
    const size = Math.sqrt(gradient.reduce((total, value) => total + value * value, 0) * directions[index]!.length);
    const [left, right] = [await lossAt(-step, index), await lossAt(step, index)];
    const measured = (right - left) / (2 * step);
    const error = Math.abs(measured - slope);
    const allowed = 5e-3 * size + 2e-5;
    // A corner moves the slope by half of what those on its two sides differ by; rounding may make it more.
    if (error >= allowed && error <= Math.abs(right - 2 * (await lossAt(0, index)) + left) / step) return false;
    expect(error, `${name}: measured ${measured}, computed ${slope}`).toBeLessThan(allowed);
  }
  loss.dispose();
  return true;
}

/** Multiplies by constants through an op of ours, so that no stock gradient is needed. */
function weighted(y: Tensor, weights: Float32Array): Tensor {
  const columns = tensor(weights, [weights.length, 1]);
  const row = ops.matMul({ a: ops.reshape(y, [1, y.size]), b: columns });
  return tidy(() => ops.reshape(scaled(row, 1 / weights.length), []));
}

const scaled = (x: Tensor, factor: number): Tensor => ops.matMul({ a: x, b: mul(tensor([[1]]), factor) });
