import type { Command } from 'commander';
import { readPicture, startPictureDecoder, type PictureDecoder, type PictureLimits } from '@striate/images';
import { classifyPixels, type ClassifyingNetwork } from '@striate/inference/internal';
import { asFlags } from '../as-flags.ts';
import { startBackend } from '../backends.ts';
import { findModelFolder, loadClassifier } from '../model-folder.ts';
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
  const network = await loadClassifier(folder);
  const predictions: (Prediction | { image: string; error: string })[] = [];
  for (const image of images) {
    try {
      const prediction = await predictOne(image, network, decoder, options.top);
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
  network: ClassifyingNetwork,
  decoder: PictureDecoder,
  top: number,
): Promise<Prediction> {
  const { pixels, ...done } = await readPicture(image, network.preprocessing, { decoder });
  const { kind, values, classNames } = await classifyPixels(image, network, pixels);
  const answers = Array.from(values, (value, index) => ({ name: classNames[index]!, value }));
  if (kind === 'numbers') return { image, ...done, numbers: answers };
  const likeliest = answers.toSorted((a, b) => b.value - a.value).slice(0, top);
  return { image, ...done, classes: likeliest.map(({ name, value: probability }) => ({ name, probability })) };
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
