import { checkChoice } from './check-values.ts';
import { describe } from './describe.ts';
import { OptionError } from './errors.ts';
import { isRecord } from './check-options.ts';

/**
 * What an output of a network says, which its loss knows:
 *
 * | meaning | the output | what is told of it |
 * | --- | --- | --- |
 * | 'classes' | logits of classes that exclude each other | their softmax, which sums to 1 |
 * | 'probabilities' | probabilities of classes already | as it is |
 * | 'labels' | logits of labels of which any may hold | the sigmoid of each |
 * | 'numbers' | numbers, as in a regression | as it is |
 */
export type OutputMeaning = 'classes' | 'probabilities' | 'labels' | 'numbers';

/** What the output of a network says, or for one with several outputs that of each by its name. */
export type OutputMeanings = OutputMeaning | Readonly<Record<string, OutputMeaning>>;

/** The names of all meanings. */
export const outputMeanings: readonly OutputMeaning[] = ['classes', 'probabilities', 'labels', 'numbers'];

/** @throws {OptionError} unless it is a known name, or a record of them */
export function checkOutputMeaning(where: string, meaning: unknown): asserts meaning is OutputMeanings {
  if (typeof meaning === 'string') return checkChoice(where, 'outputMeaning', meaning, outputMeanings);
  if (!isRecord(meaning)) {
    throw new OptionError(
      `${where}: outputMeaning is ${describe(meaning)}, but must be one of ${outputMeanings.join(', ')}, or a record of them by the outputs' names.`,
    );
  }
  for (const [name, one] of Object.entries(meaning))
    checkChoice(where, `outputMeaning of '${name}'`, one as string, outputMeanings); // refuses what is no text
}
