import type { ops } from '@striate/core/backend';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '@striate/core';
import { namedKernel, type Kernel, type KernelCall } from '../kernel.ts';
import { conv2dInputGradient } from './conv2d-input-gradient.ts';
import { kernelGradient } from './conv2d-kernel-gradient.ts';
import { conv2d, windowsOf } from './conv2d.ts';

type Shape4 = [number, number, number, number];
type ConvInfoArguments = Parameters<typeof backend_util.computeConv2DInfo>;

/** What tfjs passes to its convolutions; `filterShape` and `inputShape` only to gradients. */
interface StockAttributes {
  strides: ConvInfoArguments[2];
  dilations?: ConvInfoArguments[3];
  pad: ConvInfoArguments[4];
  dataFormat?: string;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  activation?: 'linear' | 'relu';
  filterShape: Shape4;
  inputShape: Shape4;
}

interface StockInputs {
  x: TensorInfo;
  filter: TensorInfo;
  dy: TensorInfo;
  bias?: TensorInfo | null;
}

function attributesOf(
  x: readonly number[],
  kernelShape: Shape4,
  { strides, dilations = 1, pad }: StockAttributes,
): ops.ConvolutionGeometry {
  const shape = x as Shape4;
  const whole: Shape4 = [kernelShape[0], kernelShape[1], shape[3], kernelShape[3]];
  const { padInfo, ...info } = backend_util.computeConv2DInfo(shape, whole, strides, dilations, pad);
  return {
    strides: [info.strideHeight, info.strideWidth],
    padding: [padInfo.top, padInfo.bottom, padInfo.left, padInfo.right],
    dilations: [info.dilationHeight, info.dilationWidth],
    groups: shape[3] / kernelShape[2],
  };
}

/** The stock forward op, its fused form and both gradients, mapped on our kernels. */
function family(
  names: [forward: string, fused: string, inputGradient: string, kernelGradient: string],
  depthwise: boolean,
): Kernel[] {
  /** tfjs' depthwise kernel [kh,kw,C,multiplier] lies in memory like one of C groups, [kh,kw,1,C*multiplier]. */
  const grouped = (shape: readonly number[]): Shape4 => {
    const [kh, kw, channels, filters] = shape as Shape4;
    return depthwise ? [kh, kw, 1, channels * filters] : [kh, kw, channels, filters];
  };
  /** One value of bias a filter, an activation that the store can do, channels last. */
  const accepts = ({ inputs, attributes }: KernelCall<StockInputs, StockAttributes>): boolean => {
    const { dataFormat = 'NHWC', dimRoundingMode, activation = 'linear' } = attributes;
    const { filter, bias } = inputs;
    return (
      Object.values(inputs).every((tensor?: TensorInfo | null) => !tensor || tensor.dtype === 'float32') &&
      (!bias || sizeOf(bias.shape) === grouped(filter.shape)[3]) &&
      dataFormat === 'NHWC' &&
      (!dimRoundingMode || dimRoundingMode === 'floor') &&
      ['linear', 'relu'].includes(activation)
    );
  };
  const forward = (name: string): Kernel =>
    namedKernel<StockInputs, StockAttributes>(name, {
      accepts,
      run({ inputs: { x, filter, bias }, attributes, backend }) {
        const shape = grouped(filter.shape);
        return conv2d.run({
          inputs: { x, kernel: { ...filter, shape }, ...(bias && { bias }) },
          attributes: { ...attributesOf(x.shape, shape, attributes), activation: attributes.activation ?? 'linear' },
          backend,
        });
      },
    });
  return [
    forward(names[0]),
    forward(names[1]),
    namedKernel<StockInputs, StockAttributes>(names[2], {
      accepts,
      run({ inputs: { dy, filter }, attributes, backend }) {
        const { inputShape } = attributes;
        const shape = grouped(filter.shape);
        return conv2dInputGradient.run({
          inputs: { dy, kernel: { ...filter, shape } },
          attributes: { ...attributesOf(inputShape, shape, attributes), inputShape },
          backend,
        });
      },
    }),
    namedKernel<StockInputs, StockAttributes>(names[3], {
      accepts,
      run({ inputs: { x, dy }, attributes, backend }) {
        const shape = grouped(attributes.filterShape);
        const convolution = attributesOf(x.shape, shape, attributes);
        const dKernel = backend.output(attributes.filterShape);
        kernelGradient(backend, convolution, windowsOf(x.shape, shape, convolution), {
          x: backend.address(x),
          dy: backend.address(dy),
          dKernel: backend.address(dKernel),
          dBias: backend.temporary(shape[3] * 4),
        });
        return dKernel;
      },
    }),
  ];
}

/** tfjs' own convolutions. */
export const stockConv2dKernels: Kernel[] = [
  ...family(['Conv2D', 'FusedConv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'], false),
  ...family(
    [
      'DepthwiseConv2dNative',
      'FusedDepthwiseConv2D',
      'DepthwiseConv2dNativeBackpropInput',
      'DepthwiseConv2dNativeBackpropFilter',
    ],
    true,
  ),
];
