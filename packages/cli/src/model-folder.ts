import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@striate/core';
import type { Preprocessing } from '@striate/data';
import { load } from '@striate/train';
import type { Network } from '@striate/layers';

/** A network with all that is needed to give it pictures. */
export interface Classifier {
  network: Network;
  preprocessing: Preprocessing;
  classNames: readonly string[];
}

/**
 * Loads a saved classifier from its folder, or from the `model` folder of a training run.
 *
 * @throws {DataError} if there is none, or it does not say how to prepare pictures.
 */
export async function loadClassifier(directory: string): Promise<Classifier> {
  const inside = join(directory, 'model');
  const folder = (await isFolder(inside)) ? inside : directory;
  if (!(await isFolder(folder))) {
    throw new DataError(`${directory}: there is no such model folder. \`striate train --out DIR\` makes one.`);
  }
  const { network, preprocessing, classNames } = await load(folder);
  if (!preprocessing || !classNames) {
    throw new DataError(
      `${folder}: the model does not carry ${preprocessing ? 'class names' : 'its preprocessing'}. Save it with both.`,
    );
  }
  return { network, preprocessing, classNames };
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
