import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@striate/core';
import { load } from '@striate/inference';
import { lackingFor, type ClassifyingNetwork } from '@striate/inference/internal';
import { commandLine } from './command-line.ts';
import { checkpointsName, identityName, modelName } from './run-contents.ts';
import { isBeingReplaced, replacedModel } from './run-folder.ts';

/**
 * The folder of a saved model: `directory` itself, or `model` in it, where a training run leaves it.
 *
 * @throws {DataError} if there is none, or it may not be looked into
 */
export async function findModelFolder(directory: string): Promise<string> {
  const inside = join(directory, modelName);
  if ((await isFolder(inside)) && (await isBeingReplaced(directory))) {
    throw new DataError(
      `${directory}: holds the model of an earlier training; the start of the one that replaces it was interrupted, or is under way. ` +
        `Start that again with \`${commandLine('train', '--out', directory, '--overwrite')}\`, or name the earlier model: ${inside}.`,
    );
  }
  if (await isFolder(inside)) return inside;
  if (await isFile(join(directory, 'model.json'))) return directory;
  if ((await isFolder(join(directory, checkpointsName))) || (await isFile(join(directory, identityName)))) {
    const earlier = await replacedModel(directory);
    throw new DataError(
      `${directory}: the training has not ended, so there is no model yet. Go on with \`${commandLine('train', '--out', directory, '--resume')}\`${earlier === undefined ? '' : `, or name the model that it is to replace: ${earlier}`}.`,
    );
  }
  const found = (await isFolder(directory)) ? 'this folder holds no saved model' : 'there is no such model folder';
  throw new DataError(`${directory}: ${found}. \`${commandLine('train', '--out', 'DIR')}\` makes one.`);
}

/**
 * Loads a saved classifier; a backend must have been started.
 *
 * @throws {DataError} if a file is missing or damaged, or the model does not say how to prepare pictures
 */
export async function loadClassifier(folder: string): Promise<ClassifyingNetwork> {
  const { network } = await load(folder);
  const lacks = lackingFor(network);
  if (lacks === undefined) return network as ClassifyingNetwork; // checked
  throw new DataError(
    `${folder}: the model does not carry ${lacks === 'classNames' ? 'a name for each output' : 'its preprocessing'}. Save it with ` +
      'both: save({ ...network, preprocessing: data.preprocessing, classNames: train.classNames }, folder).',
  );
}

const isFolder = async (path: string): Promise<boolean> => (await find(path))?.isDirectory() ?? false;
const isFile = async (path: string): Promise<boolean> => (await find(path))?.isFile() ?? false;
/** @throws {DataError} if the file system does not say what is there */
async function find(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(path);
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const isForbidden = code === 'EACCES' || code === 'EPERM';
    throw new DataError(
      `${path}: cannot be looked at: ${isForbidden ? 'there is no permission. Ask the owner of the folder for it' : message}.`,
      { cause },
    );
  }
}
