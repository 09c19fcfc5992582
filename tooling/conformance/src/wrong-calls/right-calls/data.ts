import * as data from '@striate/data';
import type { RightCall } from '../right-call.ts';
import { data as toyBatches, hostBatch, preprocessing, toy } from './fixtures.ts';

const idx = (): Uint8Array => new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]);
const images = (): object => ({
  bytes: new Uint8Array([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 255, 0]),
  source: 'images',
});
const labels = (): object => ({ bytes: new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 1]), source: 'labels' });
const picture = { background: 'dark', centering: 'mass', box: 20 };

export const dataCalls: readonly RightCall[] = [
  {
    name: 'arrayDataset',
    call: data.arrayDataset,
    args: () => [
      {
        name: 'toy',
        pixels: new Uint8Array(8),
        labels: [0, 1],
        inputShape: [2, 2, 1],
        classNames: ['a', 'b'],
        picture,
      },
    ],
    options: 0,
    required: ['name', 'pixels', 'labels', 'inputShape', 'classNames'],
    also: { name: ['text'] },
  },
  {
    name: 'batches',
    call: data.batches,
    args: () => [toy(), { size: 4, seed: 1, shuffle: true, lastBatch: 'keep', preprocessing: preprocessing() }],
    options: 1,
    required: ['size'],
  },
  {
    name: 'fashionMnist',
    call: data.fashionMnist,
    args: () => [{ directory: 'none' }],
    options: 0,
    needs: 0,
    also: { directory: ['text', 'undefined'] },
  },
  {
    name: 'mnist',
    call: data.mnist,
    args: () => [{ directory: 'none' }],
    options: 0,
    needs: 0,
    also: { directory: ['text', 'undefined'] },
  },
  { name: 'fitPreprocessing', call: data.fitPreprocessing, args: () => [toy()] },
  {
    name: 'idxDataset',
    call: data.idxDataset,
    args: () => [{ name: 'dots', images: images(), labels: labels(), classNames: ['right', 'left'], picture }],
    options: 0,
    required: ['name', 'images', 'labels', 'classNames'],
    also: { name: ['text'] },
  },
  { name: 'checkBatch', call: (given) => data.checkBatch('fit', given), args: () => [hostBatch()] },
  { name: 'checkDataset', call: (given) => data.checkDataset('fit', given), args: () => [toy()] },
  { name: 'digestOf', call: data.digestOf, args: () => [toy()] },
  { name: 'mapBatches', call: data.mapBatches, args: () => [toyBatches(), (batch: unknown) => batch] },
  { name: 'plainPreprocessing', call: data.plainPreprocessing, args: () => [toy()] },
  { name: 'readIdx', call: data.readIdx, args: () => [idx(), 'labels'], needs: 1, also: { '#1': ['text'] } },
  {
    name: 'split',
    call: data.split,
    args: () => [toy(), { validation: 0.25, test: 0.25, seed: 1, stratified: true }],
    options: 1,
    required: ['validation', 'seed'],
  },
  { name: 'subset', call: data.subset, args: () => [toy(), [0, 2]], also: { '#1': ['bytes'] } },
  { name: 'take', call: data.take, args: () => [toy(), 2] },
];
