import { batches, fitPreprocessing, mnist, split, type Batches, type MnistOptions } from '@striate/data';

/** MNIST in three parts: to train on, to watch during training, and to test with in the end. */
export interface Data {
  train: Batches;
  validation: Batches;
  test: Batches;
}

/**
 * The handwritten digits of MNIST in batches, brought to mean 0 and variance 1.
 *
 * @param options where the files are, as `mnist` takes it (under Node nothing is needed); `seed`: which images are held
 * out, and in what order the others come
 */
export async function loadData({ seed = 1, ...source }: MnistOptions & { seed?: number } = {}): Promise<Data> {
  const { train: all, test } = await mnist(source);
  const { train, validation } = split(all, { validation: 1 / 12, seed });
  const preprocessing = await fitPreprocessing(train);
  return {
    train: batches(train, { size: 64, seed, preprocessing }),
    validation: batches(validation, { size: 256, preprocessing }),
    test: batches(test, { size: 256, preprocessing }),
  };
}
