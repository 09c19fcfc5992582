import { type ops, outputPair } from '@striate/core/backend';
/** Sizes of a convolution of x [N, H, W, C] with a kernel [kh, kw, C / groups, F]; compiled into shaders. */
export interface Geometry {
  images: number;
  groups: number;
  /** Channels of x, and filters, in each group. */
  channels: number;
  filters: number;
  taps: number;
  /** Pixels of an image of x and of y. */
  output: readonly [number, number];
  constants: Readonly<Record<string, number>>;
}

type Shape4 = readonly [number, number, number, number];

export function geometryOf(
  xShape: readonly number[],
  kernelShape: readonly number[],
  { groups, ...window }: ops.ConvolutionGeometry,
): Geometry {
  const [images, height, width, allChannels] = xShape as Shape4;
  const [kernelHeight, kernelWidth, channels, allFilters] = kernelShape as Shape4;
  const { strides, padding, dilations } = window;
  const output = outputPair(xShape, [kernelHeight, kernelWidth], window);
  return {
    images,
    groups,
    channels,
    filters: allFilters / groups,
    taps: kernelHeight * kernelWidth,
    output,
    constants: {
      HEIGHT: height,
      WIDTH: width,
      ALL_CHANNELS: allChannels,
      CHANNELS: channels,
      OUTPUT_HEIGHT: output[0],
      OUTPUT_WIDTH: output[1],
      ALL_FILTERS: allFilters,
      FILTERS: allFilters / groups,
      KERNEL_HEIGHT: kernelHeight,
      KERNEL_WIDTH: kernelWidth,
      STRIDE_Y: strides[0],
      STRIDE_X: strides[1],
      DILATION_Y: dilations[0],
      DILATION_X: dilations[1],
      TOP: padding[0],
      LEFT: padding[2],
    },
  };
}

/** One channel a group: every filter has a channel, and the sums have no terms but the taps. */
export const isDepthwise = ({ groups, channels }: Geometry): boolean => groups > 1 && channels === 1;
