import { DataError, dispose, ShapeError } from '@striate/core';
import { preprocess } from '@striate/images';
import { load, predict } from '@striate/inference';
import { classifyPixels, lackingFor, type ClassifyingNetwork } from '@striate/inference/internal';
import type { Answer, Drawing } from '../messages.ts';
import { seeDrawing } from './see-drawing.ts';

/**
 * Opens a saved model, and has it read a dot, so that one that cannot read drawings is refused at once.
 *
 * @throws {DataError} why not, in the words of one who draws; what the program says is its cause
 */
export async function openFolder(files: readonly File[]): Promise<ClassifyingNetwork> {
  const { network } = await load(files).catch((cause: unknown) => {
    throw new DataError(
      'One of its files is missing, damaged or not what this page knows. Copy its whole folder again, or take another model.',
      { cause },
    );
  });
  try {
    if (network.outputMeaning === 'numbers') throw new DataError('It gives numbers, not names for what it sees.');
    const lacks = lackingFor(network);
    if (lacks !== undefined) {
      const what = lacks === 'classNames' ? 'what its answers are called' : 'how a picture is prepared for it';
      throw new DataError(`It was saved without saying ${what}, so that it cannot read drawings here.`);
    }
    const classifier = network as ClassifyingNetwork; // it lacks nothing
    await readDot(classifier);
    return classifier;
  } catch (error) {
    dispose(network.parameters, network.state);
    throw error;
  }
}

async function readDot(network: ClassifyingNetwork): Promise<void> {
  const dot = { width: 1, height: 1, ink: Uint8Array.of(255) };
  const { probabilities } = await classifyDrawing(network, dot).catch((cause: unknown) => {
    throw new DataError('It does not take pictures of the kind that one draws here.', { cause });
  });
  const names = network.classNames.length;
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
export async function classifyDrawing(network: ClassifyingNetwork, drawing: Drawing): Promise<Omit<Answer, 'source'>> {
  const { preprocessing, classNames } = network;
  const seen = seeDrawing(drawing, preprocessing);
  if (!seen) throw new ShapeError('The drawing is empty.');
  const [logits] = await predict(network, preprocess(seen.pixels, preprocessing), { output: 'logits' });
  const { values: probabilities } = await classifyPixels('the drawing', network, seen.pixels);
  return { classNames, logits: logits!, probabilities, seen };
}
