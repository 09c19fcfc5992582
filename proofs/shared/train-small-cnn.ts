import { batches, fitPreprocessing, type TrainAndTest } from '@striate/data';
import { accuracy, adam, cosineDecay, crossEntropy, disposeTraining, evaluate, fit } from '@striate/train';
import { mnistCnn } from '@striate/zoo';
import { percent } from './numbers.ts';

/** How long the small CNN is trained, and what becomes of its learning rate meanwhile. */
export interface Recipe {
  epochs: number;
  /** Adam's, at the first step. */
  learningRate: number;
  /** 'cosine': falling to 0 along half a cosine. */
  schedule: 'constant' | 'cosine';
}

/** What one training reached. */
export interface Trained {
  testAccuracy: number;
  /** Spent in training. */
  seconds: number;
}

/**
 * Trains the small CNN on all training images (batch 64, Adam, inputs standardised by the
 * training images' mean and deviation), and tests it once, in the end.
 */
export async function trainSmallCnn(
  { train, test }: TrainAndTest,
  { epochs, learningRate, schedule }: Recipe,
  seed: number,
): Promise<Trained> {
  const preprocessing = await fitPreprocessing(train);
  const data = batches(train, { size: 64, seed, preprocessing });
  const decaySteps = epochs * data.batchesPerEpoch;
  const measures = { loss: crossEntropy(), metrics: [accuracy()] };
  const { network, history, state } = await fit(mnistCnn({ classes: train.classNames.length }), {
    data,
    epochs,
    optimizer: adam({
      learningRate:
        schedule === 'cosine' ? cosineDecay({ initialLearningRate: learningRate, decaySteps }) : learningRate,
    }),
    ...measures,
    seed,
    callbacks: [
      {
        onEpochEnd({ epoch, record }) {
          const reached = `loss ${record.loss.toFixed(4)}, accuracy ${percent(record['accuracy']!)}`;
          console.log(`  epoch ${epoch}/${epochs}: ${reached}, ${Math.round(record.imagesPerSecond)} images/s`);
        },
      },
    ],
  });
  const tested = await evaluate(network, batches(test, { size: 256, preprocessing }), measures);
  disposeTraining(state);
  return {
    testAccuracy: tested['accuracy']!,
    seconds: history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0),
  };
}
