import * as images from '@striate/images';
import type { RightCall } from '../right-call.ts';
import { preprocessing } from './fixtures.ts';

const small = { size: [4, 4], channels: 1, scale: 1 / 255, mean: [0], standardDeviation: [1] } as const;
const picture = (): object => ({ width: 4, height: 4, pixels: new Uint8Array(16) });

export const imagesCalls: readonly RightCall[] = [
  {
    name: 'centerByMass',
    call: images.centerByMass,
    args: () => [
      { width: 4, height: 4, pixels: new Uint8Array(16).fill(9) },
      { size: [28, 28], box: 20, faint: 0 },
    ],
    options: 1,
    required: ['size', 'box'],
  },
  {
    name: 'checkPreprocessing',
    call: (given) => images.checkPreprocessing('load', given),
    args: () => [preprocessing()],
  },
  { name: 'preparePicture', call: images.preparePicture, args: () => [picture(), small] },
  { name: 'preprocess', call: images.preprocess, args: () => [new Uint8Array(16), preprocessing()] },
  {
    name: 'preprocess, its record',
    call: (record) => images.preprocess(new Uint8Array(16), record),
    args: () => [preprocessing()],
    options: 0,
    required: ['size', 'channels', 'scale', 'mean', 'standardDeviation'],
  },
  {
    name: 'readPicture',
    call: images.readPicture,
    args: () => ['none.png', small, { maxPixels: 1000, allowDrawings: false }],
    options: 2,
    also: { '#0': ['text', 'bytes'] },
  },
  {
    name: 'readPicture, with a decoder',
    call: (decoder: never) => images.readPicture('none.png', small, { decoder }),
    args: () => [{ decode: () => undefined, close: () => undefined }],
  },
  {
    name: 'startPictureDecoder',
    call: images.startPictureDecoder,
    args: () => [{ maxPixels: 1000, allowDrawings: false }],
    options: 0,
    needs: 0,
    dispose: (decoder) => (decoder as images.PictureDecoder).close(),
  },
];
