export { lenet5, type Lenet5Options } from './lenet5.ts';
export { mlp, type MlpOptions } from './mlp.ts';
export { mnistCnn, type MnistCnnOptions } from './mnist-cnn.ts';
export { createModel, models, type CommonModelOptions, type ModelEntry } from './models.ts';
export {
  srivastavaCnn,
  srivastavaTable,
  type SrivastavaCnnOptions,
  type SrivastavaRow,
  type SrivastavaVariant,
} from './srivastava-cnn.ts';
export { resnet20, resnetCifar, type ResnetCifarOptions } from './resnet-cifar.ts';
