import { activation } from './layers/activation.ts';
import { add } from './layers/add.ts';
import { averagePool2d } from './layers/average-pool2d.ts';
import { batchNorm } from './layers/batch-norm.ts';
import { conv2d } from './layers/conv2d.ts';
import { dense } from './layers/dense.ts';
import { dropout } from './layers/dropout.ts';
import { flatten } from './layers/flatten.ts';
import { globalAveragePool2d } from './layers/global-average-pool2d.ts';
import { maxPool2d } from './layers/max-pool2d.ts';
import type { LayerFactory } from './layer-function.ts';

/** The layers of this package that a saved model can name, by type. */
export const builtInLayers: Record<string, LayerFactory> = {
  activation,
  add,
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  maxPool2d,
};
