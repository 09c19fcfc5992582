import { parseArgs } from 'node:util';
import { use } from '@striate/core';
import type { TrainAndTest } from '@striate/data';
import { backendNamed } from '../../benchmarks/harness/backend-named.ts';
import { describeMachine } from '../../benchmarks/harness/machine.ts';
import { wholeNumbers } from '../../benchmarks/harness/options.ts';
import { conclude } from './conclude.ts';
import { mean, percent } from './numbers.ts';
import { hasPytorch, trainInPytorch } from './pytorch.ts';
import { trainSmallCnn, type Recipe, type Trained } from './train-small-cnn.ts';

/** What the small CNN is to reach. */
export interface AccuracyProof {
  name: string;
  recipe: Recipe;
  /** Bar for the mean over at least three seeds. */
  mean: number;
  /** Bar for each seed. */
  each?: number;
  /** Reads the data, and says in which folder PyTorch finds the same files. */
  load(directory: string | undefined): Promise<{ data: TrainAndTest; directory: string }>;
}

/** Options: --backend NAME; --seed S or --seeds 1,2,3; --directory FOLDER; --peer (PyTorch must run too) or --no-peer (it must not). */
export async function proveAccuracy(proof: AccuracyProof): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      backend: { type: 'string', default: 'wasm' },
      seed: { type: 'string' },
      seeds: { type: 'string', default: '1,2,3' },
      directory: { type: 'string' },
      peer: { type: 'boolean' },
    },
    allowNegative: true,
  });
  const seeds = wholeNumbers('seeds', options.seed ?? options.seeds);
  if (options.peer && !hasPytorch())
    throw new Error('--peer: PyTorch is not installed. Run: pnpm bench:setup --only pytorch');
  const { data, directory } = await proof.load(options.directory);
  const backend = await use(backendNamed(options.backend));
  console.log(`${describeMachine()}; ${backend.stats().device}`);
  console.log(
    `the small CNN, ${data.train.length} images of ${directory}, batch 64, Adam ${proof.recipe.learningRate} (${proof.recipe.schedule}), ${proof.recipe.epochs} epochs`,
  );

  const ours: Trained[] = [];
  for (const seed of seeds) {
    console.log(`seed ${seed}`);
    const trained = await trainSmallCnn(data, proof.recipe, seed);
    console.log(`  test accuracy ${percent(trained.testAccuracy)}, ${trained.seconds.toFixed(0)} s`);
    ours.push(trained);
  }
  await backend.stop();

  const peer = comparison(options.peer, directory, { recipe: proof.recipe, seeds });
  const ourMean = mean(ours.map(({ testAccuracy }) => testAccuracy));
  const each = proof.each ?? 0;
  const shortfalls = seeds.flatMap((seed, place) => {
    const reached = ours[place]!.testAccuracy;
    return reached >= each ? [] : [`seed ${seed} reached ${percent(reached)}, wanted at least ${percent(each)}`];
  });
  if (seeds.length >= 3 && ourMean < proof.mean)
    shortfalls.push(`the mean is ${percent(ourMean)}, wanted at least ${percent(proof.mean)}`);
  conclude(proof.name, `${describe(ours, seeds)}; ${peer}`, shortfalls);
}

function comparison(
  wanted: boolean | undefined,
  directory: string,
  { recipe, seeds }: { recipe: Recipe; seeds: number[] },
): string {
  if (wanted === false) return 'PyTorch left out';
  if (!hasPytorch()) return 'PyTorch is not installed (pnpm bench:setup --only pytorch)';
  console.log('PyTorch, the same recipe');
  return `PyTorch ${describe(trainInPytorch(directory, recipe, seeds), seeds)}`;
}

function describe(results: readonly Trained[], seeds: readonly number[]): string {
  const accuracies = results.map(({ testAccuracy }) => testAccuracy);
  const seconds = mean(results.map((result) => result.seconds));
  return `mean test accuracy ${percent(mean(accuracies))} (seeds ${seeds.join(', ')}: ${accuracies.map(percent).join(', ')}), ${seconds.toFixed(0)} s each`;
}
