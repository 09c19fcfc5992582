import { OptionError, describe, suggestion } from '@striate/core';
import type { Model } from '@striate/layers';
import { lenet5 } from './lenet5.ts';
import { mlp } from './mlp.ts';
import { mnistCnn } from './mnist-cnn.ts';
import { resnet20 } from './resnet-cifar.ts';

/** A model family's options that all models share. */
export interface CommonModelOptions {
  /** [H, W, C]. */
  inputShape?: readonly [number, number, number];
  classes?: number;
}

/** A model that can be made by name. */
export interface ModelEntry {
  create(options?: CommonModelOptions): Model;
  /** One line for a list. */
  description: string;
  /** Trained parameters with default options. */
  parameters: number;
  /** Where it comes from. */
  paper: string;
}

/** The models by name. */
export const models: Readonly<Record<string, ModelEntry>> = {
  lenet5: {
    create: lenet5,
    description: 'LeNet-5 with max pooling and relu, for 28x28 or 32x32 images',
    parameters: 61_706,
    paper: 'LeCun et al. 1998, Gradient-based learning applied to document recognition',
  },
  'mnist-cnn': {
    create: mnistCnn,
    description: 'two 3x3 convolutions with max pooling, dropout, two dense layers',
    parameters: 225_034,
    paper: 'after Chollet 2015, Simple MNIST convnet (Keras example)',
  },
  mlp: {
    create: mlp,
    description: 'one hidden layer of 128 neurons, the baseline',
    parameters: 101_770,
    paper: 'Rumelhart et al. 1986, Learning representations by back-propagating errors',
  },
  resnet20: {
    create: resnet20,
    description: 'residual network of 20 layers for 32x32 colour images',
    parameters: 272_474,
    paper: 'He et al. 2015, Deep residual learning for image recognition',
  },
};

/**
 * Makes a model by its name in {@link models}.
 *
 * @throws {OptionError} for an unknown name, with the nearest one
 * @example
 * const network = initialize(createModel('mnist-cnn', { classes: 26 }), { seed: 1 });
 */
export function createModel(name: string, options: CommonModelOptions = {}): Model {
  if (typeof name === 'string' && Object.hasOwn(models, name)) return models[name]!.create(options);
  throw new OptionError(
    `createModel: there is no model ${describe(name)}. ${suggestion(String(name), Object.keys(models))}`,
  );
}
