import type { Kernel } from '../../kernel.ts';
import {
  adaptiveAveragePool2d,
  adaptiveAveragePool2dGradient,
  averagePool2d,
  averagePool2dGradient,
} from './average-pool2d.ts';
import { globalAveragePool2d, globalAveragePool2dGradient } from './global-average-pool2d.ts';
import { adaptiveMaxPool2d, adaptiveMaxPool2dGradient, maxPool2d, maxPool2dGradient } from './max-pool2d.ts';
import { probabilityPool2d, probabilityPool2dGradient } from './probability-pool2d.ts';
import { resize2d, resize2dGradient } from './resize2d.ts';
import { stochasticPool2d, stochasticPool2dGradient } from './stochastic-pool2d.ts';

export const poolingKernels: readonly Kernel[] = [
  maxPool2d,
  maxPool2dGradient,
  averagePool2d,
  averagePool2dGradient,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dGradient,
  adaptiveAveragePool2d,
  adaptiveAveragePool2dGradient,
  globalAveragePool2d,
  globalAveragePool2dGradient,
  stochasticPool2d,
  stochasticPool2dGradient,
  probabilityPool2d,
  probabilityPool2dGradient,
  resize2d,
  resize2dGradient,
];
