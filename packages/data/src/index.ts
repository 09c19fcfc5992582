export { batchNames, checkBatch } from './check-batch.ts';
export { checkDataset } from './check-dataset.ts';
export {
  batches,
  type Batch,
  type BatchArray,
  type Batches,
  type BatchesOptions,
  type BatchesOrder,
} from './batches.ts';
export { arrayDataset } from './array-dataset.ts';
export type { ArrayDataset, ArrayDatasetOptions, Dataset, Sample } from './dataset.ts';
export { digestOf, type DatasetDigest } from './digest.ts';
export { fashionMnist, type FashionMnistOptions } from './fashion-mnist.ts';
export { fitPreprocessing, plainPreprocessing } from './fit-preprocessing.ts';
export { idxDataset, readIdx, type IdxArray, type IdxDatasetOptions, type SourceFile } from './idx.ts';
export { mnist, type MnistOptions } from './mnist.ts';
export { mapBatches } from './map-batches.ts';
export type { TrainAndTest } from './mnist-files.ts';
export { subset, take } from './subset.ts';
export { split, type Split, type SplitOptions } from './split.ts';
