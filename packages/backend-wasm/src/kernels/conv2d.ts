import { ops, outputPair } from '@striate/core/backend';
import { defineKernel, type Kernel, type KernelBackend } from '../kernel.ts';
import { withRepeatedChannels, type ChannelCopies } from './channel-copies.ts';
import { convolve, type Windows } from './convolve.ts';
import { packPanels } from './pack-panels.ts';
import { winogradForward, winogradPays, type WinogradGeometry } from './winograd.ts';

/** Windows on an image in which, depthwise, every channel of x may stand several times. */
export interface ConvolutionWindows extends Windows {
  copies: number;
}

type Shape4 = readonly [number, number, number, number];

/** The windows of a forward convolution of x [N,H,W,C] with a kernel [kh,kw,C/groups,F]. */
export function windowsOf(
  xShape: readonly number[],
  kernelShape: readonly number[],
  { groups, ...window }: ops.ConvolutionGeometry,
): ConvolutionWindows {
  const [images, height, width] = xShape as Shape4;
  const [tapRows, tapColumns, channels, filters] = kernelShape as Shape4;
  return {
    images,
    size: [height, width],
    before: [window.padding[0], window.padding[2]],
    output: outputPair(xShape, [tapRows, tapColumns], window),
    steps: window.strides,
    taps: [tapRows, tapColumns],
    tapSteps: window.dilations,
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
export function winogradGeometry(windows: Windows, { padding }: ops.ConvolutionGeometry): WinogradGeometry | undefined {
  const { images, size, steps, taps, tapSteps, groups, channels, filters, depthwise } = windows;
  const fits =
    groups === 1 && !depthwise && taps.every((tap) => tap === 3) && [...steps, ...tapSteps].every((step) => step === 1);
  return fits ? { batch: images, height: size[0], width: size[1], channels, filters, padding } : undefined;
}

/** y = act(x * kernel + bias) */
export const conv2d: Kernel = defineKernel(ops.conv2d, {
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
