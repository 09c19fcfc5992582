import { describe, expect, it } from 'vitest';
import type { LayerFunction } from '../layer-function.ts';
import { model } from '../model/model.ts';
import { conv1d } from './conv1d.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { conv2d } from './conv2d.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { input } from './input.ts';
import { locallyConnected2d } from './locally-connected2d.ts';
import { separableConv2d } from './separable-conv2d.ts';

describe('options that cannot be', () => {
  it('are refused when the layer is made', () => {
    expect(() =>
      conv2d({ filters: 8, kernelSize: 3, paddingMode: 'mirror' as never }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: paddingMode is "mirror". Known: zeros, reflect, symmetric, replicate, circular.]`,
    );
    expect(() =>
      conv2d({ filters: 8, kernelSize: 3, dataFormat: 'channelFirst' as never }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: dataFormat is "channelFirst". Did you mean 'channelsFirst'? Known: channelsLast, channelsFirst.]`,
    );
    expect(() => conv2d({ filters: 8, kernelSize: 3, padding: 'causal' as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2d: padding is "causal", but it must be 'valid', 'same', a whole number of pixels, [vertical, horizontal] or [top, bottom, left, right].]`,
    );
    expect(() => depthwiseConv2d({ kernelSize: 3, depthMultiplier: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: depthwiseConv2d: depthMultiplier is 0, but must be a whole number of at least 1.]`,
    );
    expect(() => depthwiseConv2d({ kernelSize: 3, filters: 8 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: depthwiseConv2d: there is no option 'filters'. Known: kernelSize, strides, padding, paddingMode, dilation, depthMultiplier, activation, depthwiseInitializer, useBias, biasInitializer, depthwiseRegularizer, depthwiseConstraint, biasRegularizer, biasConstraint, activityRegularizer, dataFormat, name, trainable.]`,
    );
    expect(() =>
      depthwiseConv2d({ kernelSize: 3, depthwiseInitializer: { type: 'he' } }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: depthwiseConv2d: depthwiseInitializer is {"type":"he"}, which is no known initialiser. Known: zeros, ones, constant, randomNormal, truncatedNormal, randomUniform, varianceScaling, glorotUniform, glorotNormal, heUniform, heNormal, lecunUniform, lecunNormal, identity, orthogonal, pytorchDefault. A function (shape, random) => Float32Array works too.]`,
    );
    expect(() =>
      separableConv2d({ filters: 8, kernelSize: 3, pointwiseRegularizer: { type: 'l3' } }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: separableConv2d: pointwiseRegularizer is {"type":"l3"}, which is no known penalty. Did you mean 'l1'? Known: l1, l2, l1l2, orthogonal. A function (x) => scalar works too.]`,
    );
    expect(() => conv2dTranspose({ filters: 6, kernelSize: 3, groups: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2dTranspose: 6 filters cannot be cut into 4 groups. Make filters a multiple of groups.]`,
    );
    expect(() =>
      conv2dTranspose({ filters: 6, kernelSize: 3, strides: 2, outputPadding: 2 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv2dTranspose: outputPadding is 2 and strides 2, but it must be null, or whole numbers of at least 0 that are less than the strides.]`,
    );
    expect(() => locallyConnected2d({ filters: 6, kernelSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: locallyConnected2d: kernelSize is 0, but must be a whole number of at least 1.]`,
    );
    expect(() =>
      locallyConnected2d({ filters: 6, kernelSize: 3, dilation: 2 } as never),
    ).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: locallyConnected2d: there is no option 'dilation'. Did you mean 'activation'? Known: filters, kernelSize, strides, padding, activation, useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer, kernelConstraint, biasConstraint, dataFormat, name, trainable.]`,
    );
    expect(() => conv1d({ filters: 6, kernelSize: 3, padding: [1, 2, 3] as never })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv1d: padding is [1,2,3], but must be 'valid', 'same', 'causal', a whole number or [before, behind].]`,
    );
    expect(() => conv1d({ filters: 6, kernelSize: 3, groups: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[OptionError: conv1d: 6 filters cannot be cut into 4 groups. Make filters a multiple of groups.]`,
    );
  });
});

describe('shapes that do not fit', () => {
  const build = (shape: (number | null)[], layer: LayerFunction) => (): unknown => {
    const x = input(shape);
    return model({ inputs: x, outputs: layer(x) });
  };
  it('are refused when the model is made', () => {
    const reflect = { padding: 4, paddingMode: 'reflect' } as const;
    expect(build([4, 9, 3], conv2d({ filters: 6, kernelSize: 3, ...reflect }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'conv2d', which is given [4, 9, 3]: conv2d: padding of 4 rows with paddingMode 'reflect', but an image of 4x9 has only 3 to take them from. Use less padding, or paddingMode 'replicate' or 'zeros'.]`,
    );
    expect(build([4, 4], depthwiseConv2d({ kernelSize: 3 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'depthwiseConv2d', which is given [4, 4]: depthwiseConv2d: x is [4, 4] with 2 axes, but an image has 3: [H, W, C]. Leave the batch axis out; a grey image is [H, W, 1].]`,
    );
    expect(
      build([3, 2, 8], separableConv2d({ filters: 4, kernelSize: 3, dataFormat: 'channelsFirst' })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'separableConv2d', which is given [3, 2, 8]: separableConv2d: a window of 3x3 pixels does not fit into an image of 2x8 with padding [0, 0, 0, 0]. Use a smaller kernelSize, padding: 'same', or fewer layers that shrink the image before this one.]`,
    );
    expect(
      build([4, 4, 3], conv2dTranspose({ filters: 6, kernelSize: 3, groups: 2 })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'conv2dTranspose', which is given [4, 4, 3]: conv2dTranspose: x has 3 channels, but they cannot be cut into 2 groups. Choose groups that divide both.]`,
    );
    expect(
      build([2, 2, 3], conv2dTranspose({ filters: 6, kernelSize: 3, padding: 3 })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'conv2dTranspose', which is given [2, 2, 3]: conv2dTranspose: rows: 2 places with a window of 3, strides 1, padding 3 and outputPadding null would give -2, from which no such convolution leads back to 2. Use less padding or another outputPadding.]`,
    );
    expect(
      build([1, 4, 3], conv2dTranspose({ filters: 6, kernelSize: 2, strides: 2, padding: 'same', outputPadding: 0 })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'conv2dTranspose', which is given [1, 4, 3]: conv2dTranspose: rows: 1 places with a window of 2, strides 2, padding "same" and outputPadding 0 would give 0, from which no such convolution leads back to 1. Use less padding or another outputPadding.]`,
    );
    expect(build([null, 4, 3], locallyConnected2d({ filters: 6, kernelSize: 3 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'locallyConnected2d', which is given [?, 4, 3]: locallyConnected2d: x is [?, 4, 3], but height and width must be known: there are weights for every place.]`,
    );
    expect(build([4, 4, 3], conv1d({ filters: 6, kernelSize: 3 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'conv1d', which is given [4, 4, 3]: conv1d: x is [4, 4, 3] with 3 axes, but a signal has 2: [L, C]. Leave the batch axis out; a single curve is [L, 1].]`,
    );
    expect(build([2, 3], conv1d({ filters: 6, kernelSize: 3 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'conv1d', which is given [2, 3]: conv1d: a window of 1x3 pixels does not fit into an image of 1x2 with padding [0, 0, 0, 0]. Use a smaller kernelSize, padding: 'same', or fewer layers that shrink the image before this one.]`,
    );
    expect(build([8, 3], conv1d({ filters: 6, kernelSize: 3, groups: 2 }))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: model: at layer 'conv1d', which is given [8, 3]: conv1d: x has 3 channels, but they cannot be cut into 2 groups. Choose groups that divide both.]`,
    );
  });
  it('any size stays any size', () => {
    const x = input([null, 32, 3]);
    const y = conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2 })(depthwiseConv2d({ kernelSize: 3 })(x));
    const separate = separableConv2d({ filters: 4, kernelSize: 3, padding: 'same', paddingMode: 'reflect' })(y);
    expect(model({ inputs: x, outputs: [y, separate] }).outputShapes).toEqual([
      [null, 61, 4],
      [null, 61, 4],
    ]);
    const signal = input([null, 2]);
    expect(model({ inputs: signal, outputs: conv1d({ filters: 3, kernelSize: 2 })(signal) }).outputShapes).toEqual([
      [null, 3],
    ]);
  });
});
