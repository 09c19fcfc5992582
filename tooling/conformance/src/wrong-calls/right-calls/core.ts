import * as core from '@striate/core';
import type { RightCall } from '../right-call.ts';
import { image } from './fixtures.ts';

const key = { seed: 1, stream: core.streams.noise, call: 0, step: 0 };

export const coreCalls: readonly RightCall[] = [
  // On a backend that refuses to start, so that the one in use stays.
  { name: 'use', call: core.use, args: () => [refusing(), { onRefusal: () => undefined, carry: [] }], options: 1 },
  {
    name: 'valueAndGradients',
    call: core.valueAndGradients,
    args: () => [({ w }: core.Values) => ({ loss: core.ops.mean(w!) }), { w: image() }],
  },
  {
    name: 'valueAndGradients, what the function gives',
    call: (given) => core.valueAndGradients(() => given, { w: image() }),
    args: () => [{ loss: core.scalar(1) }],
  },
  { name: 'permutation', call: core.permutation, args: () => [key, 10] },
  {
    name: 'permutation, its key',
    call: (own) => core.permutation(own, 10),
    args: () => [{ ...key }],
    options: 0,
    required: Object.keys(key),
  },
  {
    name: 'randomBits',
    call: core.randomBits,
    args: () => [key, { sample: 0, length: 4 }],
    options: 1,
    required: ['length'],
  },
  {
    name: 'randomNormal',
    call: core.randomNormal,
    args: () => [key, 4, { mean: 0, standardDeviation: 1, sample: 0 }],
    options: 2,
  },
  {
    name: 'randomUniform',
    call: core.randomUniform,
    args: () => [key, 4, { minimum: 0, maximum: 1, sample: 0 }],
    options: 2,
  },
  {
    name: 'truncatedNormal',
    call: core.truncatedNormal,
    args: () => [key, 4, { mean: 0, standardDeviation: 1 }],
    options: 2,
  },
  { name: 'occupyBackend', call: core.occupyBackend, args: () => ['me'], also: { '#0': ['text'] } },
  {
    name: 'defineOp',
    call: core.defineOp,
    args: () => [
      { name: 'my.Op', shapes: () => [[1]], reference: () => image(), gradient: { saves: [], of: () => ({}) } },
    ],
    options: 0,
    required: ['name', 'shapes', 'reference'],
    also: { name: ['text'] },
  },
];

function refusing(): core.Backend {
  return {
    name: 'refusing',
    engineName: 'refusing',
    probe: async () => ({ available: false, reason: 'it never works.', remedy: 'None.' }),
    start: async () => undefined,
    stop: async () => undefined,
    stats: () => ({ device: '', kernelCalls: {}, fallbacks: {}, tensors: 0, bytesInUse: 0, bytesReserved: 0 }),
  };
}

/** Checks themselves, what authors of layers, ops and kernels call with what they have checked, and the engine's own. */
export const coreWithoutCalls: readonly string[] = `
  BackendError DataError NumericError OptionError ShapeError clone fill keep memory onesLike scalar tensor tidy zeros zerosLike dispose activeBackend
  arrayKind clipped describe isRecord isTensor nearest suggestion hashName checkChoice checkCounts checkFlag
  checkOptionNames checkOptions checkPadding checkPaddingFits checkPaddingMode checkRange checkUint32
  outputSize paddedPlaces samePadding sizeOf toPair windowGeometry 
  checkTensor requireBackend checkRuntime checkOutputMeaning
  once only philox4x32 checkFunction checkText parseJson checkForm readJson
  fetchBytes makeFolders readRegularFile fileUrl shownUrl sha256 checkPath checkShapes
  ownKinds foreignKinds isKind kindOf checkKinds checkMember fromRecord functionOf isMember recordOf typesOf
`
  .trim()
  .split(/\s+/);
