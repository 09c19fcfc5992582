import {
  OptionError,
  checkCounts,
  checkTensor,
  clone,
  describe,
  isRecord,
  ops,
  tidy,
  zerosLike,
  type Values,
} from '@striate/core';

/** Gradients that are means over samples, and over how many. */
export interface CountedGradients {
  gradients: Values;
  count: number;
}

/**
 * The gradients of parts of a batch, or of several machines, as those of the whole: means weighted by the counts of
 * samples. A parameter of which a part has no gradient has 0 there. The parts are left alone; what is returned belongs to
 * the caller.
 *
 * @throws {OptionError} for anything but a list of gradients with their counts
 * @throws {ShapeError} if two gradients of a parameter differ in shape
 * @example
 * const parts = [trainer.gradients(left), trainer.gradients(right)];
 * trainer.update(averageGradients(parts));
 */
export function averageGradients(parts: readonly CountedGradients[]): Values {
  checkParts(parts);
  return tidy(() => {
    const [first, ...rest] = parts;
    if (rest.length > 0) return rest.reduce(averageOfTwo, first!).gradients;
    // Of one part alone, copies that share their storage with it.
    return Object.fromEntries(Object.entries(first!.gradients).map(([name, gradient]) => [name, clone(gradient)]));
  });
}

/** {@link averageGradients} of two parts, unchecked: one op. */
export function averageOfTwo(before: CountedGradients, more: CountedGradients): CountedGradients {
  const count = before.count + more.count;
  const averages = { ...before.gradients, ...zerosFor(more.gradients, before.gradients) };
  const values = { ...more.gradients, ...zerosFor(before.gradients, more.gradients) };
  return { gradients: ops.movingAverage({ averages, values }, { momentum: before.count / count }), count };
}

/** Zeros for the gradients that others do not have. */
function zerosFor(gradients: Values, others: Values): Values {
  const missing = Object.entries(gradients).filter(([name]) => !Object.hasOwn(others, name));
  return Object.fromEntries(missing.map(([name, gradient]) => [name, zerosLike(gradient)]));
}

const form = 'Write averageGradients([trainer.gradients(left), trainer.gradients(right)]).';

function checkParts(parts: unknown): asserts parts is readonly CountedGradients[] {
  if (!Array.isArray(parts) || parts.length === 0) {
    const found = Array.isArray(parts) ? 'an empty list' : describe(parts);
    throw new OptionError(
      `averageGradients: got ${found}, but a list of gradients with their counts is needed. ${form}`,
    );
  }
  for (const [place, part] of (parts as readonly unknown[]).entries()) {
    const where = `averageGradients: part ${place}`;
    if (!isRecord(part) || !isRecord(part['gradients']))
      throw new OptionError(`${where} is ${describe(part)}, but must be { gradients, count }. ${form}`);
    checkCounts(where, { count: part['count'] as number }); // refuses what is no count
    for (const [name, gradient] of Object.entries(part['gradients']))
      checkTensor(where, `the gradient of '${name}'`, gradient);
  }
}
