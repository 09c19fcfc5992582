import { ops, sizeOf, type Tensor, type Values } from '@striate/core';
import type { Draw } from './draw.ts';
import { difference, runCase, type CaseResult, type OpCase } from './op-case.ts';
import { casesOfEveryOp } from './random-cases.ts';

/** A number of a case that is to be NaN or infinite. */
export interface Spot {
  opCase: OpCase;
  /** Name of a float input, or 'dy': the gradient that comes back. */
  input: string;
  place: number;
}

/** What a spot must lead to, on every backend. */
export interface SpotExpectation {
  spot: Spot;
  /** What the reference gives with the number that the case has there. */
  plain: CaseResult;
  /** For each result, which of its numbers change with the one at the spot. */
  depends: Record<string, readonly boolean[]>;
  /** What the reference gives with each number that is not finite. */
  references: readonly { value: number; result: CaseResult }[];
}

/** Above this, a case takes the reference long and has nothing to show that a smaller one has not. */
const mostNumbers = 3000;

/** A spot in each float input of every op's cases, and in the gradient that comes back. */
export function spotsOfEveryOp(draw: Draw): Spot[] {
  const small = casesOfEveryOp(draw).filter(({ inputs }) =>
    Object.values(inputs).every(({ shape }) => sizeOf(shape) <= mostNumbers),
  );
  return [...small, ...largeCases(draw)].flatMap((opCase) => spotsOf(opCase, draw));
}

export function spotsOf(opCase: OpCase, draw: Draw): Spot[] {
  const floats = Object.entries(opCase.inputs).filter(([, { values }]) => values instanceof Float32Array);
  const spots = floats.map(([input, { values }]) => ({ opCase, input, place: draw.integer(0, values.length - 1) }));
  return opCase.differentiate.length > 0 ? [...spots, { opCase, input: 'dy', place: 0 }] : spots;
}

/** Of sizes from which on backends take other ways. */
function largeCases(draw: Draw): OpCase[] {
  const large = (name: string, shapes: Record<string, readonly number[]>, run: (inputs: Values) => Tensor): OpCase => ({
    name: `${name} [${Object.values(shapes)[0]!.join(', ')}]`,
    inputs: Object.fromEntries(
      Object.entries(shapes).map(([input, shape]) => [input, { shape, values: draw.normal(shape) }]),
    ),
    differentiate: Object.keys(shapes),
    compute: (inputs) => [run(inputs)],
  });
  const image = { x: [4, 16, 16, 16] };
  const vectors = { gamma: [16], beta: [16] };
  const pool = { poolSize: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;
  const window = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1, activation: 'relu' } as const;
  const activations = ops.activationKinds.map((kind) =>
    large(`activation ${kind}`, { x: [17, 1000] }, ({ x }) => ops.activation(x!, kind)),
  );
  return [
    ...activations,
    large('conv2d "relu"', { ...image, kernel: [1, 1, 16, 16] }, ({ x, kernel }) =>
      ops.conv2d({ x: x!, kernel: kernel! }, window),
    ),
    large('matMul "relu"', { a: [50, 40], b: [40, 30] }, ({ a, b }) =>
      ops.matMul({ a: a!, b: b! }, { activation: 'relu' }),
    ),
    large('maxPool2d', image, ({ x }) => ops.maxPool2d(x!, pool)),
    large('maxPool2d relu', image, ({ x }) => ops.maxPool2d(x!, { ...pool, activation: 'relu' })),
    large('averagePool2d', image, ({ x }) => ops.averagePool2d(x!, { ...pool, countPadding: false })),
    ...(['linear', 'relu'] as const).map((activation) =>
      large(
        `batchNorm ${activation}`,
        { ...image, ...vectors },
        ({ x, gamma, beta }) => ops.batchNorm({ x: x!, gamma: gamma!, beta: beta! }, { epsilon: 1e-3, activation }).y,
      ),
    ),
    large('layerNorm', { x: [33, 500], gamma: [500], beta: [500] }, ({ x, gamma, beta }) =>
      ops.layerNorm({ x: x!, gamma: gamma!, beta: beta! }, { epsilon: 1e-3 }),
    ),
    {
      // The reference's gradient takes seconds.
      ...large('localResponseNorm', image, ({ x }) =>
        ops.localResponseNorm(x!, { size: 5, alpha: 1e-4, beta: 0.75, k: 2 }),
      ),
      differentiate: [],
    },
    large('resize2d', image, ({ x }) => ops.resize2d(x!, { size: [32, 32], interpolation: 'bilinear' })),
    large('add', { a: [17, 1000], b: [17, 1000] }, ({ a, b }) => ops.add(a!, b!)),
  ];
}

/** Runs a case on the backend in use with another number at the spot. */
export function runSpot({ opCase, input, place }: Spot, value: number): Promise<CaseResult> {
  const put = (values: Float32Array): Float32Array => values.map((own, index) => (index === place ? value : own));
  if (input === 'dy') return runCase(opCase, { weights: put });
  const given = opCase.inputs[input]!;
  const inputs = { ...opCase.inputs, [input]: { ...given, values: put(given.values as Float32Array) } };
  return runCase({ ...opCase, inputs });
}

/** Finds out by the backend in use, tfjs' own on the CPU, what the spot must lead to. */
export async function expectSpot(spot: Spot): Promise<SpotExpectation> {
  const plain = await runCase(spot.opCase);
  const moved = [await runSpot(spot, 1e4), await runSpot(spot, -1e4)];
  const depends = Object.entries(plain).map(([name, { values }]) => {
    const changes = Array.from(values, (value, index) => moved.some((other) => other[name]!.values[index] !== value));
    return [name, changes] as const;
  });
  const references = [];
  for (const value of [NaN, Infinity, -Infinity]) references.push({ value, result: await runSpot(spot, value) });
  return { spot, plain, depends: Object.fromEntries(depends), references };
}

/**
 * What is wrong with a result of a spot that was NaN or infinite; nothing if
 * - with NaN, every output that depends on it is NaN, and so is every gradient for which the reference says so too;
 * - with an infinity, every infinity of the reference is that infinity, or NaN;
 * - what does not depend on it is as it is without it, and all that the reference keeps finite is equal to that; a fused
 *   rectifier may make NaN of it with an infinity.
 */
export function spotDifference(
  actual: CaseResult,
  { spot, plain, depends }: SpotExpectation,
  { value, result }: SpotExpectation['references'][number],
  tolerance: number,
): string | undefined {
  const spreads = spreading.test(spot.opCase.name);
  const both: [got: CaseResult, wanted: CaseResult] = [{}, {}];
  for (const [name, { shape, values }] of Object.entries(result)) {
    const isGradient = name.startsWith('d ') || spot.opCase.name.includes('Gradient');
    // Which numbers a rectifier lets pass depends on how far NaN spread before it.
    if (isGradient && spreads && /relu|y \[/.test(spot.opCase.name)) continue;
    const got = actual[name]!.values;
    const keepsApart = !spreads && !(isGradient && multiplying.test(spot.opCase.name));
    const wanted = values.map((reference, index) =>
      depends[name]![index]! || !keepsApart ? reference : plain[name]!.values[index]!,
    );
    const mayBeNaN = !keepsApart || (!Number.isNaN(value) && spot.opCase.name.includes('"relu"'));
    const isWrong = (reference: number, index: number): boolean => {
      const mustBeNaN = depends[name]![index]! && (!isGradient || Number.isNaN(reference)) && !isCount(spot);
      if (Number.isNaN(value) && mustBeNaN) return !Number.isNaN(got[index]);
      if (Number.isFinite(reference))
        return Math.abs(got[index]!) === Infinity || (Number.isNaN(got[index]) && !mayBeNaN);
      return !Number.isNaN(reference) && !Number.isNaN(got[index]) && got[index] !== reference;
    };
    const place = wanted.findIndex(isWrong);
    if (place >= 0) return `${name}[${place}] is ${got[place]}, but must be ${wanted[place]}`;
    const areFinite = wanted.map((reference, index) =>
      Number(Number.isFinite(reference) && Number.isFinite(got[index])),
    );
    both[0][name] = { shape, values: got.map((number, index) => (areFinite[index] ? number : 0)) };
    both[1][name] = { shape, values: wanted.map((number, index) => (areFinite[index] ? number : 0)) };
  }
  return difference(...both, tolerance);
}

/** Numbers of right answers, of which NaN is none; truth values and whole numbers, which have no NaN. */
const isCount = ({ opCase }: Spot): boolean =>
  /^(topKCorrect|greater|less|equal|notEqual|logical|argMax|cast)/.test(opCase.name);

/**
 * Ops that may multiply by 0 on the way, so that a NaN reaches more than what depends on it: by padding or in a transform
 * of a whole tile, by a decay or a slope of 0, by the share that x has in a gradient.
 */
const spreading = /^(conv2d|depthwise|residualConv2d|locallyConnected2d|sgd|adam|batchNorm|prelu)/;

/** Ops whose gradient is dy times a factor that may be 0. */
const multiplying = /^(activation|prelu|maximum|minimum|matMul)/;
