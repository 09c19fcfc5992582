import { weightsSha256 } from '@striate/inference';
import type { TrainingValues } from '@striate/train';

/** One line that is equal for two training states if and only if weights, moving statistics and optimiser state are, to the bit. */
export async function fingerprint({ parameters, state, optimizer }: TrainingValues): Promise<string> {
  const slots = Object.values(optimizer).map((values) => ({ parameters: values, state: {} }));
  return (await Promise.all([{ parameters, state }, ...slots].map(weightsSha256))).join(' ');
}
