import type { Preprocessing } from '@striate/core';
import { fitPreprocessing, split, type Dataset } from '@striate/data';
import type { Model } from '@striate/layers';
import { createModel } from '@striate/zoo';
import { loadDataset } from './datasets.ts';
import type { RunSettings } from './run-settings.ts';

/** Everything that a run trains and tests on. */
export interface Material {
  model: Model;
  train: Dataset;
  validation: Dataset | undefined;
  test: Dataset;
  preprocessing: Preprocessing;
}

/** Loads and divides the data set, and makes a model that fits it. */
export async function gatherMaterial(options: RunSettings): Promise<Material> {
  const { validation: share, seed } = options;
  const { train: all, test } = await loadDataset(options.data, options.directory);
  const model = createModel(options.model, { inputShape: all.inputShape, classes: all.classNames.length });
  const { train, validation } =
    share > 0 ? split(all, { validation: share, seed }) : { train: all, validation: undefined };
  return { model, train, validation, test, preprocessing: await fitPreprocessing(train) };
}
