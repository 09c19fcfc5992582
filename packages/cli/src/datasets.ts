import { fashionMnist, mnist, type TrainAndTest } from '@striate/data';

/** Data sets by name. */
export const datasets: Record<string, (options: { directory?: string }) => Promise<TrainAndTest>> = {
  mnist,
  'fashion-mnist': fashionMnist,
};

/** Loads the data set of that name, which is known to be one of {@link datasets}. */
export async function loadDataset(name: string, directory?: string): Promise<TrainAndTest> {
  return datasets[name]!(directory === undefined ? {} : { directory });
}
