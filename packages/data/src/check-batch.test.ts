import { expect, test } from 'vitest';
import type { Batch } from './batches.ts';
import { checkBatch } from './check-batch.ts';

const batch: Batch = {
  inputs: new Float32Array(24),
  inputShape: [2, 3, 4, 1],
  targets: Int32Array.of(0, 1),
  targetShape: [2],
  ids: Uint32Array.of(5, 7),
};
const faultOf = (changes: object): string => {
  try {
    checkBatch('fit', { ...batch, ...changes });
    return 'none';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

test('batches whose parts belong together pass', () => {
  const one = { values: new Float32Array(6), shape: [2, 3] };
  for (const changes of [
    {},
    { weights: Float32Array.of(1, 2) },
    { targets: new Float32Array(6), targetShape: [2, 3] },
    { moreInputs: { a: one }, moreTargets: { b: { values: Int32Array.of(1, 2), shape: [2] } } },
    { ids: [5, 7] },
  ])
    expect(faultOf(changes)).toBe('none');
});

test('each part that does not fit is named', () => {
  expect(faultOf({ targets: Int32Array.of(0) })).toMatchInlineSnapshot(
    `"DataError: fit: targets of a batch has 1 values, but the shape [2] needs 2."`,
  );
  expect(faultOf({ targets: Int32Array.of(0), targetShape: [1] })).toMatchInlineSnapshot(
    `"DataError: fit: a batch has 2 ids, but targets is of the shape [1]: the first axis must be the samples, one for each id."`,
  );
  expect(faultOf({ targets: [0, 1] })).toMatchInlineSnapshot(
    `"DataError: fit: targets of a batch is [0,1], but must be a Float32Array or an Int32Array."`,
  );
  expect(faultOf({ targets: Uint8Array.of(0, 1) })).toMatchInlineSnapshot(
    `"DataError: fit: targets of a batch is a Uint8Array of 2 values, but must be a Float32Array or an Int32Array."`,
  );
  expect(faultOf({ targetShape: 2 })).toMatchInlineSnapshot(
    `"DataError: fit: a batch has 2 ids, but targets is of the shape 2: the first axis must be the samples, one for each id."`,
  );
  expect(faultOf({ ids: Uint32Array.of(5) })).toMatchInlineSnapshot(
    `"DataError: fit: a batch has 1 ids, but inputs is of the shape [2,3,4,1]: the first axis must be the samples, one for each id."`,
  );
  expect(faultOf({ ids: undefined })).toMatchInlineSnapshot(
    `"DataError: fit: ids of a batch is undefined, but must be a Uint32Array, one for each sample."`,
  );
  expect(faultOf({ inputs: new Float64Array(24) })).toMatchInlineSnapshot(
    `"DataError: fit: inputs of a batch is a Float64Array of 24 values, but must be a Float32Array or an Int32Array."`,
  );
  expect(faultOf({ inputs: new Float32Array(23) })).toMatchInlineSnapshot(
    `"DataError: fit: inputs of a batch has 23 values, but the shape [2,3,4,1] needs 24."`,
  );
  expect(faultOf({ weights: Float32Array.of(1) })).toMatchInlineSnapshot(
    `"DataError: fit: a batch has 2 ids, but weights is of the shape [1]: the first axis must be the samples, one for each id."`,
  );
  expect(faultOf({ weights: 2 })).toMatchInlineSnapshot(
    `"DataError: fit: weights of a batch is 2, but must be a Float32Array or an Int32Array."`,
  );
  expect(faultOf({ moreInputs: { a: new Float32Array(2) } })).toMatchInlineSnapshot(
    `"DataError: fit: moreInputs.a of a batch is a Float32Array of 2 values, but must be { values, shape }."`,
  );
  expect(faultOf({ moreTargets: { a: { values: Int32Array.of(1), shape: [1] } } })).toMatchInlineSnapshot(
    `"DataError: fit: a batch has 2 ids, but moreTargets.a is of the shape [1]: the first axis must be the samples, one for each id."`,
  );
  expect(faultOf({ moreTargets: { a: { values: Int32Array.of(1), shape: [2] } } })).toMatchInlineSnapshot(
    `"DataError: fit: moreTargets.a of a batch has 1 values, but the shape [2] needs 2."`,
  );
  expect(faultOf({ moreTargets: 5 })).toMatchInlineSnapshot(
    `"DataError: fit: moreTargets of a batch is 5, but must be a record."`,
  );
  // What nobody reads would be ignored.
  for (const name of ['sampleWeights', 'sampleWeight', 'sample_weights', 'moreTarget', 'more_targets'])
    expect(faultOf({ [name]: Float32Array.of(1, 2) })).toMatch(
      new RegExp(`^DataError: fit: a batch has '${name}', which nobody reads. Did you mean '(weights|moreTargets)'\\?`),
    );
  expect(
    faultOf({ moreTargets: { a: { values: Int32Array.of(1, 2), shape: [2], weights: 1 } } }),
  ).toMatchInlineSnapshot(
    `"DataError: fit: moreTargets.a of a batch has 'weights', which nobody reads. Known: values, shape."`,
  );
  expect(faultOf({ weights: null })).toMatchInlineSnapshot(
    `"DataError: fit: weights of a batch is null, but must be a Float32Array or an Int32Array."`,
  );
  expect(faultOf({ moreInputs: null })).toMatchInlineSnapshot(
    `"DataError: fit: moreInputs of a batch is null, but must be a record."`,
  );
  expect(() => checkBatch('fit', undefined as never)).toThrowErrorMatchingInlineSnapshot(
    `[DataError: fit: a batch is undefined, but must be a record.]`,
  );
});
