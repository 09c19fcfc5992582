import type { OutputMeanings } from './output-meaning.ts';
import type { Preprocessing } from './preprocessing.ts';

/** What a network knows besides its layers and weights. It stays with it through training, files and prediction. */
export interface NetworkFacts {
  /** What its outputs mean, since it was trained: the loss knew it, `predict` follows it. */
  readonly outputMeaning?: OutputMeanings;
  /** Name of each class (of each unit of the first output), in the order of the outputs. */
  readonly classNames?: readonly string[];
  /** How pixels become its inputs, and pictures such pixels. */
  readonly preprocessing?: Preprocessing;
}
