import * as inference from '@striate/inference';
import type { RightCall } from '../right-call.ts';
import { files, folder, image, network, preprocessing } from './fixtures.ts';

const facts = (): object => ({ outputMeaning: 'classes', preprocessing: preprocessing(), classNames: ['a', 'b', 'c'] });
const named = (): object => ({ ...network(), ...facts() });
const text = ['text'] as const;

export const inferenceCalls: readonly RightCall[] = [
  {
    name: 'predict',
    call: inference.predict,
    args: () => [network(), new Float32Array(16), { batchSize: 8, output: 'logits' }],
    options: 2,
  },
  {
    name: 'predictOutputs',
    call: inference.predictOutputs,
    args: () => [network(), image(), { batchSize: 8, output: 'logits' }],
    options: 2,
  },
  {
    name: 'monteCarlo',
    call: inference.monteCarlo,
    args: () => [network(), new Float32Array(16), { samples: 2, seed: 1, batchSize: 4 }],
    options: 2,
  },
  {
    name: 'ensemble',
    call: inference.ensemble,
    args: () => [[network()], new Float32Array(16), { average: 'logits', batchSize: 4 }],
    options: 2,
  },
  {
    name: 'save',
    call: inference.save,
    args: () => [named(), folder()],
    options: 0,
    needs: 2,
    required: ['model', 'parameters', 'state'],
    also: { '#1': text },
  },
  { name: 'modelFiles', call: inference.modelFiles, args: () => [named()] },
  {
    name: 'load',
    call: async (source: Promise<never>, ...rest: never[]) => inference.load(await source, ...rest),
    args: () => [files(), { kinds: [] }],
    options: 1,
    also: { layers: ['record'] },
  },
  { name: 'weightsSha256', call: inference.weightsSha256, args: () => [network()] },
  { name: 'checkModelFolder', call: inference.checkModelFolder, args: () => ['none'], also: { '#0': ['text'] } },
];
