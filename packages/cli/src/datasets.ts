import { OptionError, suggestion } from '@striate/core';
import { fashionMnist, mnist, type TrainAndTest } from '@striate/data';

/** Data sets by name. */
export const datasets: Record<string, (options: { directory?: string }) => Promise<TrainAndTest>> = {
  mnist,
  'fashion-mnist': fashionMnist,
};

/**
 * Loads the data set of that name.
 *
 * @throws {OptionError} for an unknown name, with the nearest one.
 */
export async function loadDataset(name: string, directory?: string): Promise<TrainAndTest> {
  const loader = Object.hasOwn(datasets, name) ? datasets[name] : undefined;
  if (!loader) throw new OptionError(`unknown data set '${name}'. ${suggestion(name, Object.keys(datasets))}`);
  return loader(directory === undefined ? {} : { directory });
}
