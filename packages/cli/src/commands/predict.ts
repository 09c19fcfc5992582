import type { Command } from 'commander';
import { NumericError } from '@striate/core';
import { preprocess, readPicture, startPictureDecoder, type PictureDecoder, type PictureLimits } from '@striate/images';
import { predict } from '@striate/inference';
import { asFlags } from '../as-flags.ts';
import { startBackend } from '../backends.ts';
import { findModelFolder, loadClassifier, type Classifier } from '../model-folder.ts';
import { createOutput, percent } from '../output.ts';
import { wholeNumber } from '../parse.ts';
import { report } from '../report.ts';
import { visible } from '../visible.ts';
import { examples, withComputeOptions, type ComputeOptions } from './common.ts';

type PredictOptions = ComputeOptions & PictureLimits & { model: string; top: number };

interface Prediction {
  image: string;
  /** What was done to the picture. */
  steps: readonly string[];
  /** Why the answer means little. */
  warning?: string;
  /** The likeliest first; of labels, of which any may hold, each has its own. */
  classes?: readonly { name: string; probability: number }[];
  /** Of a network that gives numbers, in the order of its outputs. */
  numbers?: readonly { name: string; value: number }[];
}

/** `striate predict IMAGE...`: which class each picture belongs to. */
export function define(command: Command): void {
  command
    .argument('<images...>', 'PNG, JPEG, WebP or GIF files')
    .requiredOption('--model <folder>', 'folder of a saved model, or of a training run')
    .option('--top <count>', 'classes to show for each picture', wholeNumber(1), 3)
    .option('--max-pixels <count>', 'most pixels of a picture (default: 120000000)', wholeNumber(1, 1e10))
    .option('--max-bytes <count>', 'most bytes of a file (default: 100000000)', wholeNumber(1, 2 ** 31))
    .option('--allow-drawings', 'take SVG too: a small file can ask for much time and memory');
  withComputeOptions(command)
    .addHelpText(
      'after',
      examples(
        'predict --model runs/lenet5-mnist digit.png',
        'predict --model runs/lenet5-mnist --top 1 --quiet photos/*.jpg',
      ),
    )
    .action(async (images: string[]) => predictAll(images, command.optsWithGlobals()));
}

/** A picture that cannot be read is told and passed over; the others are classified all the same. */
async function predictAll(images: readonly string[], options: PredictOptions): Promise<void> {
  const output = createOutput(options);
  const folder = await findModelFolder(options.model);
  const { maxPixels, maxBytes, allowDrawings } = options;
  const decoder = startPictureDecoder({
    ...(maxPixels !== undefined && { maxPixels }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(allowDrawings !== undefined && { allowDrawings }),
  });
  await startBackend(options, (reason) => output.line(reason));
  const classifier = await loadClassifier(folder);
  const predictions: (Prediction | { image: string; error: string })[] = [];
  for (const image of images) {
    try {
      const prediction = await predictOne(image, classifier, decoder, options.top);
      predictions.push(prediction);
      if (!options.json) await output.result(describe(prediction, options).join('\n'), prediction);
    } catch (error) {
      report(error, options.verbose ? ['--verbose'] : []);
      predictions.push({ image, error: asFlags((error as Error).message) });
      process.exitCode = 1;
    }
  }
  decoder.close();
  if (options.json) await output.result('', { predictions });
}

async function predictOne(
  image: string,
  { network, preprocessing, classNames }: Classifier,
  decoder: PictureDecoder,
  top: number,
): Promise<Prediction> {
  const { pixels, ...done } = await readPicture(image, preprocessing, { decoder });
  const inputs = preprocess(pixels, preprocessing);
  const finite = (values: Float32Array): Float32Array => {
    if (values.every(Number.isFinite)) return values;
    throw new NumericError(
      `${image}: the network gives ${values.find((value) => !Number.isFinite(value))} for it: its weights are spoilt. Train it anew, or take a checkpoint from before.`,
    );
  };
  if (network.outputMeaning === 'numbers') {
    const [values] = await predict(network, inputs);
    return {
      image,
      ...done,
      numbers: Array.from(finite(values!), (value, index) => ({ name: classNames[index]!, value })),
    };
  }
  const [probabilities] = await predict(network, inputs, { output: 'probabilities' });
  const classes = Array.from(finite(probabilities!), (probability, index) => ({
    name: classNames[index]!,
    probability,
  }))
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, top);
  return { image, ...done, classes };
}

function describe(
  { image, steps, warning, classes = [], numbers = [] }: Prediction,
  { quiet }: PredictOptions,
): string[] {
  const [first, ...others] = [
    ...classes.map(({ name, probability }) => `${visible(name)} (${percent(probability)})`),
    ...numbers.map(({ name, value }) => `${visible(name)} ${Number(value.toPrecision(6))}`),
  ];
  const lines = [`${visible(image)}: ${first}`];
  if (quiet) return lines;
  if (others.length > 0) lines.push(`  then ${others.join(', ')}`);
  if (steps.length > 0) lines.push(`  the picture was ${steps.join(', ')}`);
  if (warning) lines.push(`  careful: ${warning}`);
  return lines;
}
