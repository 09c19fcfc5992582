import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { withRepeatedChannels, type ChannelCopies } from './channel-copies.ts';
import { convolve, type Windows } from './convolve.ts';
import { packPanels } from './pack-panels.ts';
import { winogradForward, winogradPays, type WinogradGeometry } from './winograd.ts';

export interface ConvolutionAttributes {
  strides: readonly [number, number];
  /** [top, bottom, left, right] */
  padding: readonly [number, number, number, number];
  dilations: readonly [number, number];
  groups: number;
}

/** Windows on an image in which, depthwise, every channel of x may stand several times. */
export interface ConvolutionWindows extends Windows {
  copies: number;
}

type Shape4 = readonly [number, number, number, number];

/** The windows of a forward convolution of x [N,H,W,C] with a kernel [kh,kw,C/groups,F]. */
export function windowsOf(
  xShape: readonly number[],
  kernelShape: readonly number[],
  { strides, padding, dilations, groups }: ConvolutionAttributes,
): ConvolutionWindows {
  const [images, height, width] = xShape as Shape4;
  const [tapRows, tapColumns, channels, filters] = kernelShape as Shape4;
  const places = (size: number, pad: number, taps: number, step: number, dilation: number): number =>
    Math.floor((size + pad - dilation * (taps - 1) - 1) / step) + 1;
  return {
    images,
    size: [height, width],
    before: [padding[0], padding[2]],
    output: [
      places(height, padding[0] + padding[1], tapRows, strides[0], dilations[0]),
      places(width, padding[2] + padding[3], tapColumns, strides[1], dilations[1]),
    ],
    steps: strides,
    taps: [tapRows, tapColumns],
    tapSteps: dilations,
    // One channel a group: a single group in which each filter has its channel, or its copy of one.
    ...(groups > 1 && channels === 1
      ? { groups: 1, channels: filters, filters, depthwise: true, copies: filters / groups }
      : { groups, channels, filters: filters / groups, depthwise: false, copies: 1 }),
  };
}

/** The channels of x, of which the windows see each several times. */
export function copiesOf({ images, size, groups, channels, copies }: ConvolutionWindows): ChannelCopies {
  return { pixels: images * size[0] * size[1], channels: (groups * channels) / copies, copies };
}

/** What the Winograd path needs to know of a convolution; nothing if it is not of its kind. */
export function winogradGeometry(windows: Windows, { padding }: ConvolutionAttributes): WinogradGeometry | undefined {
  const { images, size, steps, taps, tapSteps, groups, channels, filters, depthwise } = windows;
  const fits =
    groups === 1 && !depthwise && taps.every((tap) => tap === 3) && [...steps, ...tapSteps].every((step) => step === 1);
  return fits ? { batch: images, height: size[0], width: size[1], channels, filters, padding } : undefined;
}

type Conv2dAttributes = ConvolutionAttributes & { activation: 'linear' | 'relu' };

/** y = act(x * kernel + bias) */
export const conv2d: Kernel = kernel<{ x: TensorInfo; kernel: TensorInfo; bias?: TensorInfo }, Conv2dAttributes>({
  name: 'striate.Conv2d',
  run({ inputs, attributes, backend }) {
    const windows = windowsOf(inputs.x.shape, inputs.kernel.shape, attributes);
    const y = backend.output([windows.images, ...windows.output, windows.groups * windows.filters]);
    const tensors = {
      x: backend.address(inputs.x),
      kernel: backend.address(inputs.kernel),
      bias: inputs.bias && backend.address(inputs.bias),
      y: backend.address(y),
      relu: attributes.activation === 'relu',
    };
    const winograd = backend.winograd ? winogradGeometry(windows, attributes) : undefined;
    if (winograd && winogradPays('forward', winograd)) winogradForward(backend, winograd, tensors);
    else directForward(backend, windows, tensors);
    return y;
  },
});

interface ForwardTensors {
  x: number;
  kernel: number;
  bias?: number | undefined;
  y: number;
  relu: boolean;
}

function directForward(
  backend: KernelBackend,
  windows: ConvolutionWindows,
  { x, kernel, bias, y, relu }: ForwardTensors,
): void {
  const { groups, taps, filters, depthwise } = windows;
  const channels = depthwise ? 1 : windows.channels;
  const channelStep = groups * filters;
  const panels = packPanels(backend, {
    address: kernel,
    bias,
    groups,
    taps,
    channels,
    filters,
    steps: {
      group: filters,
      row: taps[1] * channels * channelStep,
      column: channels * channelStep,
      channel: channelStep,
      filter: 1,
      bias: filters,
    },
  });
  convolve(backend, {
    ...windows,
    source: withRepeatedChannels(backend, x, copiesOf(windows)),
    panels,
    target: y,
    relu,
  });
}
