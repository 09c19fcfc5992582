import { DataError, dispose, ShapeError, type Preprocessing } from '@striate/core';
import { preprocess } from '@striate/images';
import { load, predict } from '@striate/inference';
import type { Network } from '@striate/layers';
import type { Answer, Drawing } from '../messages.ts';
import { seeDrawing } from './see-drawing.ts';

/** How pictures become inputs of a network, and what its outputs mean. */
export interface Reading {
  preprocessing: Preprocessing;
  classNames: readonly string[];
}

/** A network with all that is needed to give it drawings. */
export interface Classifier extends Reading {
  network: Network;
}

/**
 * Opens a saved model, and has it read a dot, so that one that cannot read drawings is refused at once.
 *
 * @throws {DataError} why not, in the words of one who draws; what the program says is its cause
 */
export async function openFolder(files: readonly File[]): Promise<Classifier> {
  const { network, preprocessing, classNames } = await load(files).catch((cause: unknown) => {
    throw new DataError(
      'One of its files is missing, damaged or not what this page knows. Copy its whole folder again, or take another model.',
      { cause },
    );
  });
  try {
    if (network.outputMeaning === 'numbers') throw new DataError('It gives numbers, not names for what it sees.');
    if (!preprocessing || !classNames) {
      const lacks = preprocessing ? 'what its answers are called' : 'how a picture is prepared for it';
      throw new DataError(`It was saved without saying ${lacks}, so that it cannot read drawings here.`);
    }
    const classifier = { network, preprocessing, classNames };
    await readDot(classifier);
    return classifier;
  } catch (error) {
    dispose(network.parameters, network.state);
    throw error;
  }
}

async function readDot(classifier: Classifier): Promise<void> {
  const dot = { width: 1, height: 1, ink: Uint8Array.of(255) };
  const { probabilities } = await classifyDrawing(classifier, dot).catch((cause: unknown) => {
    throw new DataError('It does not take pictures of the kind that one draws here.', { cause });
  });
  const names = classifier.classNames.length;
  if (probabilities.length !== names)
    throw new DataError(
      `It has ${probabilities.length} answers but names for ${names}, so it cannot say what it sees.`,
    );
}

/**
 * What a network takes a drawing for.
 *
 * @throws {ShapeError} if there is nothing on the drawing
 */
export async function classifyDrawing(
  { network, preprocessing, classNames }: Classifier,
  drawing: Drawing,
): Promise<Omit<Answer, 'source'>> {
  const seen = seeDrawing(drawing, preprocessing);
  if (!seen) throw new ShapeError('The drawing is empty.');
  const inputs = preprocess(seen.pixels, preprocessing);
  const [logits] = await predict(network, inputs, { output: 'logits' });
  const [probabilities] = await predict(network, inputs, { output: 'probabilities' });
  return { classNames, logits: logits!, probabilities: probabilities!, seen };
}
