import { ShapeError, ops, option, type Kind, type Shape } from '@striate/core';
import { formatShape } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { severalInputs } from '../merge-inputs.ts';

/** Options of {@link concatenate}. */
export interface ConcatenateOptions extends LayerOptions {
  /** The axis along which they are joined: 1, 2, ... (0 is the batch), or counted from the end. Default -1, the channels. */
  axis?: number;
}

/**
 * Two or more tensors one behind the other along an axis; all other sizes must be equal.
 *
 * @throws {OptionError} if the axis is no whole number, or the batch
 * @throws {ShapeError} when a model is made, if there are fewer than two inputs or they do not fit
 * @example
 * const y = concatenate()([a, b]); // [8, 8, 16] and [8, 8, 32] give [8, 8, 48]
 */
export const concatenate: Kind<ConcatenateOptions, LayerFunction> = layerKind({
  type: 'concatenate',
  doc: 'Tensors one behind the other along an axis.',
  options: {
    axis: option.value<number, -1>({
      doc: 'The axis along which they are joined: 1, 2, ... (0 is the batch), or counted from the end.',
      wanted: 'a whole number other than 0, the batch. Axes of a sample begin with 1',
      fits: (axis) => Number.isInteger(axis) && axis !== 0,
      default: -1,
    }),
  },
  make({ axis }) {
    const place = (shape: Shape): number => (axis > 0 ? axis - 1 : shape.length + axis);
    return {
      computes: 'means',
      outputShapes(inputs) {
        const [first] = severalInputs('concatenate', inputs);
        const at = place(first!);
        if (at < 0 || at >= first!.length)
          throw new ShapeError(`concatenate: axis is ${axis}, but inputs are ${formatShape(first!)}.`);
        const rest = (shape: Shape): string => `${shape.length}: ${formatShape(shape.toSpliced(at, 1, 0))}`;
        const other = inputs.find((shape) => rest(shape) !== rest(first!));
        if (other) {
          throw new ShapeError(
            `concatenate: inputs are of shapes ${formatShape(first!)} and ${formatShape(other)}, but must be equal except along axis ${axis}.`,
          );
        }
        const sizes = inputs.map((shape): number | null => shape[at] ?? null);
        const size = sizes.includes(null) ? null : sizes.reduce<number>((sum, length) => sum + length!, 0);
        return [first!.map((length, index) => (index === at ? size : length))];
      },
      apply: (inputs) => ({ outputs: [ops.concat(inputs, axis)] }),
    };
  },
});
