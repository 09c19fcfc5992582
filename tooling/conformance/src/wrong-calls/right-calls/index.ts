import * as layers from '@striate/layers';
import * as regularizers from '@striate/regularizers';
import * as train from '@striate/train';
import type { RightCall } from '../right-call.ts';
import { backendCalls } from './backends.ts';
import { coreCalls } from './core.ts';
import { dataCalls } from './data.ts';
import { imagesCalls } from './images.ts';
import { inferenceCalls } from './inference.ts';
import { kindCalls } from './kind-call.ts';
import { layerCalls } from './layers.ts';
import { opCalls } from './ops.ts';
import { regularizerCalls } from './regularizers.ts';
import { trainCalls } from './train.ts';
import { weightCalls } from './weights.ts';
import { zooCalls } from './zoo.ts';

/** A right call of every public function that checks what it is given, by package. */
export const rightCalls: Readonly<Record<string, readonly RightCall[]>> = {
  core: coreCalls,
  ops: opCalls,
  regularizers: [...regularizerCalls, ...kindCalls(regularizers, regularizerCalls)],
  layers: [...layerCalls, ...kindCalls(layers, layerCalls)],
  data: dataCalls,
  images: imagesCalls,
  weights: weightCalls,
  inference: inferenceCalls,
  train: [...trainCalls, ...kindCalls(train, trainCalls)],
  zoo: zooCalls,
  backends: backendCalls,
};
