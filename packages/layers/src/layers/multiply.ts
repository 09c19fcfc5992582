import { ShapeError, ops, tidy, type Kind, type Shape, type Tensor } from '@striate/core';
import { formatShape } from '../input-shapes.ts';
import type { LayerFunction, LayerOptions } from '../layer-function.ts';
import { layerKind } from '../layer-kind.ts';
import { mergeAll, severalInputs } from '../merge-inputs.ts';

/**
 * The product of two or more tensors of one shape, element by element. Beside images [H, W, C], an input may be
 * [1, 1, C] or [C]: one factor for each channel of each image, as in squeeze-and-excitation.
 *
 * Source: Hu et al. 2018, "Squeeze-and-excitation networks".
 *
 * @throws {ShapeError} when a model is made, if there are fewer than two inputs or they do not fit
 * @example
 * const y = multiply()([images, dense({ units: 16, activation: 'sigmoid' })(squeezed)]);
 */
export const multiply: Kind<LayerOptions, LayerFunction> = layerKind({
  type: 'multiply',
  doc: 'The product of tensors, element by element.',
  options: {},
  make: () => ({
    outputShapes: (inputs) => [severalInputs('multiply', inputs).reduce(productShape)],
    apply: (inputs) => mergeAll(inputs, product),
  }),
});

/** Factors [N, C] stand for [N, 1, 1, C] beside images. */
function product(a: Tensor, b: Tensor): Tensor {
  const [images, factors] = a.rank < b.rank ? [b, a] : [a, b];
  if (images.rank !== 4 || factors.rank !== 2) return ops.multiply(images, factors);
  const [batch, channels] = factors.shape as [number, number];
  return tidy(() => ops.multiply(images, ops.reshape(factors, [batch, 1, 1, channels])));
}

function productShape(a: Shape, b: Shape): Shape {
  if (formatShape(a) === formatShape(b)) return a;
  if (isGateOf(a, b)) return a;
  if (isGateOf(b, a)) return b;
  throw new ShapeError(
    `multiply: inputs are of shapes ${formatShape(a)} and ${formatShape(b)}, but must be equal, or [H, W, C] and one factor a channel, [1, 1, C] or [C].`,
  );
}

function isGateOf(image: Shape, gate: Shape): boolean {
  const channels = image.at(-1);
  return image.length === 3 && (gate.join() === `${channels}` || gate.join() === `1,1,${channels}`);
}
