import {
  foreignKinds,
  hashName,
  ownKinds,
  streams,
  type Contract,
  type DefineKind,
  type InitializerRandom,
  type KindRecord,
  type RandomKey,
} from '@striate/core';

/** Draws the first values of a parameter, as many as its shape has elements: equal seed and name, equal values. */
export type InitializerFunction = (shape: readonly number[], random: InitializerRandom) => Float32Array;

/** What all initialisers have in common. */
export const initializerContract: Contract<InitializerFunction, KindRecord> = {
  noun: 'initialiser',
  bare: '(shape, random) => Float32Array',
};

/** Defines an initialiser of ours. */
export const initializerKind: DefineKind<InitializerFunction, KindRecord> = ownKinds(initializerContract);

/**
 * Defines an initialiser of your own: a type in a namespace of yours, options, and how it draws. A model that uses it can
 * be saved, and is loaded with `kinds: [checkered]`.
 *
 * @returns the factory
 * @throws {OptionError} for a type without a namespace, and a definition that is not whole
 * @example
 * const checkered = defineInitializer({
 *   type: 'me/checkered',
 *   doc: 'Plus and minus in turns.',
 *   options: { size: option.number({ doc: 'Its magnitude.', default: 0.1 }) },
 *   make: ({ size }) => (shape) =>
 *     Float32Array.from({ length: sizeOf(shape) }, (_, place) => (place % 2 === 0 ? size : -size)),
 * });
 * const layer = dense({ units: 4, kernelInitializer: checkered({ size: 0.1 }) });
 */
export const defineInitializer: DefineKind<InitializerFunction, KindRecord> = foreignKinds(
  'defineInitializer',
  initializerContract,
);

/** The key of a parameter's random numbers. */
export const keyOf = ({ seed, name }: InitializerRandom): RandomKey => ({
  seed,
  stream: streams.initializer,
  call: hashName(name),
  step: 0,
});
