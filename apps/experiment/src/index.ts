export { loadData, type Data } from './data.ts';
export { model } from './model.ts';
export { testAccuracy } from './test-accuracy.ts';
export { train, type TrainOptions } from './train.ts';
