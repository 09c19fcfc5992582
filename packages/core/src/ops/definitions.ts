// Every op as it is defined, its gradients too, by the name of its kernel: what a backend's kernels are written for.
export * from '../generated/definitions.ts';
export { toFloatOp as toFloat } from '../define-op.ts';

export type { AdaptivePool2dAttributes } from './adaptive-pool2d.ts';
export type { ConvolutionGeometry } from './conv2d.ts';
export type { LocalGeometry } from './locally-connected2d.ts';
export type { PoolGeometry } from './max-pool2d.ts';
export type { Pad2dGradientAttributes } from './pad2d.ts';
export type { Resize2dAttributes } from './resize2d.ts';
export type { RandomSource } from './random-bits.ts';
