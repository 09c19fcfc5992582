import { DataError, ShapeError } from '@striate/core';
import { preprocess, type Preprocessing } from '@striate/data';
import type { Network } from '@striate/layers';
import { load, predict } from '@striate/train';
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
 * Opens a saved model.
 *
 * @throws {DataError} if files are missing or damaged, or do not say how to prepare pictures
 */
export async function openFolder(files: readonly File[]): Promise<Classifier> {
  const { network, preprocessing, classNames } = await load(files);
  if (network.outputMeaning === 'numbers')
    throw new DataError('The model gives numbers, but this page shows classes. Open one that was trained on classes.');
  if (preprocessing && classNames) return { network, preprocessing, classNames };
  throw new DataError(
    `The model does not carry ${preprocessing ? 'class names' : 'its preprocessing'}. Save it with both.`,
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
