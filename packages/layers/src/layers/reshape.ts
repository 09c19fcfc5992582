import { ShapeError, ops, option, sizeOf, type Kind, type Shape } from '@striate/core';
import { formatShape, onlyInput } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';

/** Options of {@link reshape}. */
export interface ReshapeOptions extends LayerOptions {
  /** Sizes without the batch axis; -1, at most once, stands for what is left. */
  targetShape: readonly number[];
}

/**
 * The same values of each sample under another shape; the last axis runs fastest. Shapes: x [N, ...],
 * y [N, ...targetShape].
 *
 * @throws {OptionError} if the target is no shape
 * @throws {ShapeError} when a model is made, if the number of values differs
 * @example
 * const y = reshape({ targetShape: [-1, 16] })(x); // [8, 8, 16] becomes [64, 16]
 */
export const reshape: Kind<ReshapeOptions, LayerFunction> = layerKind({
  type: 'reshape',
  doc: 'The same values of each sample under another shape.',
  options: {
    targetShape: option.value<readonly number[]>({
      doc: 'Sizes without the batch axis; -1, at most once, stands for what is left.',
      wanted: 'a list of whole numbers of at least 1, of which one may be -1',
      fits: isTarget,
      example: [-1],
    }),
  },
  make({ targetShape }) {
    const known = sizeOf(targetShape.filter((size) => size !== -1));
    const resolved = (shape: Shape): Shape => {
      if (shape.includes(null)) return targetShape.map((size) => (size === -1 ? null : size));
      const size = sizeOf(shape as readonly number[]);
      if (targetShape.includes(-1) ? size % known !== 0 : size !== known) {
        throw new ShapeError(
          `reshape: x is ${formatShape(shape)} with ${size} values, which do not fill [${targetShape.join(', ')}] with ${known}.`,
        );
      }
      return targetShape.map((length) => (length === -1 ? size / known : length));
    };
    return {
      computes: 'means',
      outputShapes: (inputs) => [resolved(onlyInput('reshape', inputs))],
      apply([x]) {
        const [batch, ...shape] = x!.shape;
        return { outputs: [ops.reshape(x!, [batch, ...(resolved(shape) as readonly number[])])] };
      },
    };
  },
});

function isTarget(shape: unknown): boolean {
  const isSize = (size: unknown): boolean => Number.isInteger(size) && ((size as number) >= 1 || size === -1);
  return Array.isArray(shape) && shape.every(isSize) && shape.filter((size) => size === -1).length <= 1;
}
