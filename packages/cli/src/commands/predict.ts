import type { Command } from 'commander';
import { preprocess } from '@striate/data';
import { predict } from '@striate/train';
import { startBackend } from '../backends.ts';
import { loadClassifier } from '../model-folder.ts';
import { percent } from '../output.ts';
import { wholeNumber } from '../parse.ts';
import { readPicture } from '../picture.ts';
import { outputFor, withComputeOptions, type ComputeOptions } from './common.ts';

type PredictOptions = ComputeOptions & { model: string; top: number };

/** `striate predict IMAGE...`: which class each picture belongs to. */
export function addPredict(program: Command): void {
  withComputeOptions(program.command('predict'))
    .description('classify pictures with a saved model')
    .argument('<images...>', 'PNG, JPEG, WebP or GIF files')
    .requiredOption('--model <folder>', 'folder of a saved model, or of a training run')
    .option('--top <count>', 'classes to show for each picture', wholeNumber(1), 3)
    .action(async (images: string[], options: PredictOptions) => {
      const output = outputFor(options);
      await startBackend(options);
      const { network, preprocessing, classNames } = await loadClassifier(options.model);
      const predictions = [];
      for (const image of images) {
        const { pixels, steps } = await readPicture(image, preprocessing);
        const [probabilities] = await predict(network, preprocess(pixels, preprocessing));
        const classes = [...probabilities!]
          .map((probability, index) => ({ name: classNames[index]!, probability }))
          .toSorted((a, b) => b.probability - a.probability)
          .slice(0, options.top);
        predictions.push({ image, steps, classes });
      }
      const lines = predictions.flatMap(({ image, steps, classes }) => [
        `${image}: ${classes[0]!.name} (${percent(classes[0]!.probability)})`,
        ...(options.quiet ? [] : details(steps, classes.slice(1))),
      ]);
      output.result(lines.join('\n'), { predictions });
    });
}

function details(steps: readonly string[], others: readonly { name: string; probability: number }[]): string[] {
  const rest = others.map(({ name, probability }) => `${name} ${percent(probability)}`).join(', ');
  return [...(rest ? [`  then ${rest}`] : []), ...(steps.length > 0 ? [`  the picture was ${steps.join(', ')}`] : [])];
}
