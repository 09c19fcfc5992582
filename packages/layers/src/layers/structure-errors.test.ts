// What layers that combine, move or rescale values refuse, and what they say.
import type { Shape } from '@striate/core';
import { describe, expect, it } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { model } from '../model/model.ts';
import { average } from './average.ts';
import { concatenate } from './concatenate.ts';
import { cropping2d } from './cropping2d.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import { input } from './input.ts';
import { maximum } from './maximum.ts';
import { multiply } from './multiply.ts';
import { normalization } from './normalization.ts';
import { padding2d, zeroPadding2d } from './padding2d.ts';
import { permute } from './permute.ts';
import { rescaling } from './rescaling.ts';
import { reshape } from './reshape.ts';
import { resizing } from './resizing.ts';
import { subtract } from './subtract.ts';
import { upSampling2d } from './up-sampling2d.ts';

describe('what cannot be', () => {
  const build =
    (layer: () => LayerFunction, ...shapes: Shape[]) =>
    (): unknown => {
      const inputs = shapes.map((shape) => input(shape));
      return model({ inputs, outputs: layer()(inputs) });
    };
  it('is refused when the layer is made', () => {
    expect(() => concatenate({ axis: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: concatenate: axis is 0, but must be a whole number other than 0, the batch. Axes of a sample begin with 1.]`,
    );
    expect(() => cropping2d({ cropping: [1, 2, 3] as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: cropping2d: cropping is [1,2,3], but must be a whole number of pixels, [vertical, horizontal] or [top, bottom, left, right].]`,
    );
    expect(() => zeroPadding2d({ padding: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: padding2d: padding is -1, but must be a whole number of pixels, [vertical, horizontal] or [top, bottom, left, right].]`,
    );
    expect(() => padding2d({ paddingMode: 'reflection' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: padding2d: paddingMode is "reflection". Did you mean 'reflect'? Known: zeros, reflect, symmetric, replicate, circular.]`,
    );
    expect(() => permute({ dims: [1, 3] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: permute: dims is [1,3], but must be an order of the axes 1, 2, ..., such as [3, 1, 2].]`,
    );
    expect(() => reshape({ targetShape: [-1, -1] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: reshape: targetShape is [-1,-1], but must be a list of whole numbers of at least 1, of which one may be -1.]`,
    );
    expect(() => upSampling2d({ size: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: upSampling2d: size is 0, but must be a whole number of at least 1.]`,
    );
    expect(() => upSampling2d({ interpolation: 'cubic' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: upSampling2d: interpolation is "cubic". Known: nearest, bilinear.]`,
    );
    expect(() => resizing({ height: 3.5, width: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: resizing: height is 3.5, but must be a whole number of at least 1.]`,
    );
    expect(() =>
      resizing({ height: 3, width: 4, interpolation: 'bilinaer' as never }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: resizing: interpolation is "bilinaer". Did you mean 'bilinear'? Known: nearest, bilinear.]`,
    );
    expect(() => rescaling({ scale: NaN })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: rescaling: scale is NaN, but must be a finite number, or a list of them, one a channel.]`,
    );
    expect(() => rescaling({ scale: 1, offset: [] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: rescaling: offset is [], but must be a finite number, or a list of them, one a channel.]`,
    );
    expect(() => normalization({ mean: 0, variance: [1, -1] })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: normalization: variance is [1,-1], but must be a finite number of at least 0, or a list of them, one a channel.]`,
    );
    expect(() => normalization({ mean: [Infinity], variance: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: normalization: mean is [Infinity], but must be a finite number, or a list of them, one a channel.]`,
    );
    expect(() => gaussianNoise({ standardDeviation: -0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: gaussianNoise: standardDeviation is -0.1, but must be finite and at least 0.]`,
    );
  });
  it('is refused when the model is made', () => {
    expect(build(average, [3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'average', which is given [3]: average: has 1 input, but needs at least 2: average()([a, b]).]`,
    );
    expect(build(subtract, [3], [3], [3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'subtract', which is given [3] and [3] and [3]: subtract: has 3 inputs, but takes 2.]`,
    );
    expect(build(maximum, [3], [4])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'maximum', which is given [3] and [4]: maximum: inputs are of shapes [3] and [4], but must be equal.]`,
    );
    expect(build(multiply, [4, 4, 3], [4])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'multiply', which is given [4, 4, 3] and [4]: multiply: inputs are of shapes [4, 4, 3] and [4], but must be equal, or [H, W, C] and one factor a channel, [1, 1, C] or [C].]`,
    );
    expect(build(concatenate, [4, 3], [5, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'concatenate', which is given [4, 3] and [5, 3]: concatenate: inputs are of shapes [4, 3] and [5, 3], but must be equal except along axis -1.]`,
    );
    expect(build(() => concatenate({ axis: 3 }), [4, 3], [5, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'concatenate', which is given [4, 3] and [5, 3]: concatenate: axis is 3, but inputs are [4, 3].]`,
    );
    expect(build(() => cropping2d({ cropping: 2 }), [4, 6, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'cropping2d', which is given [4, 6, 3]: cropping2d: nothing is left of [4, 6, 3] without 4 rows and 4 columns.]`,
    );
    expect(
      build(() => padding2d({ padding: 4, paddingMode: 'reflect' }), [4, 6, 3]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'padding2d', which is given [4, 6, 3]: padding2d: padding of 4 rows with paddingMode 'reflect', but an image of 4x6 has only 3 to take them from. Use less padding, or paddingMode 'replicate' or 'zeros'.]`,
    );
    expect(build(() => permute({ dims: [2, 1] }), [4, 6, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'permute', which is given [4, 6, 3]: permute: x is [4, 6, 3], but dims is [2, 1].]`,
    );
    expect(build(() => reshape({ targetShape: [5, -1] }), [4, 6])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'reshape', which is given [4, 6]: reshape: x is [4, 6] with 24 values, which do not fill [5, -1] with 5.]`,
    );
    expect(build(() => reshape({ targetShape: [5, 5] }), [4, 6])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'reshape', which is given [4, 6]: reshape: x is [4, 6] with 24 values, which do not fill [5, 5] with 25.]`,
    );
    expect(build(() => rescaling({ scale: [1, 2] }), [4, 6, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'rescaling', which is given [4, 6, 3]: rescaling: scale has 2 numbers, but x is [4, 6, 3]: it must have 1, or 3, one a channel.]`,
    );
    expect(build(() => rescaling({ scale: 1, offset: [1, 2] }), [4, 6, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'rescaling', which is given [4, 6, 3]: rescaling: offset has 2 numbers, but x is [4, 6, 3]: it must have 1, or 3, one a channel.]`,
    );
    expect(build(() => normalization({ mean: [1, 2], variance: 1 }), [4, 6, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'normalization', which is given [4, 6, 3]: normalization: mean has 2 numbers, but x is [4, 6, 3]: it must have 1, or 3, one a channel.]`,
    );
  });
  it('and unknown sizes stay unknown', () => {
    const x = input([null, 8, 3]);
    const shapes = [
      cropping2d({ cropping: 1 }),
      zeroPadding2d({ padding: [0, 0, 1, 2] }),
      upSampling2d({ size: 3 }),
      resizing({ height: 5, width: 6 }),
      permute({ dims: [3, 2, 1] }),
      reshape({ targetShape: [-1, 4] }),
      rescaling({ scale: 2 }),
    ].map((layer) => model({ inputs: x, outputs: layer(x) }).outputShapes[0]);
    expect(shapes).toEqual([
      [null, 6, 3],
      [null, 11, 3],
      [null, 24, 3],
      [5, 6, 3],
      [3, 8, null],
      [null, 4],
      [null, 8, 3],
    ]);
    const both = [x, input([4, 8, 3])];
    expect(model({ inputs: both, outputs: concatenate({ axis: 1 })(both) }).outputShapes[0]).toEqual([null, 8, 3]);
  });
});
