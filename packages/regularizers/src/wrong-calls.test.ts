import { OptionError } from '@striate/core';
import { describe, expect, it } from 'vitest';
import { checkConstraint, checkRegularizer, l1, l1l2, l2, maxNorm, minMaxNorm, orthogonal, unitNorm } from './index.ts';

type Call = (...given: never[]) => unknown;
const record = (check: typeof checkRegularizer | typeof checkConstraint) => (given: never) =>
  check('dense', 'o', given);
const [penaltyRecord, constraintRecord] = [record(checkRegularizer), record(checkConstraint)];

describe('a wrong call is refused, by what is wrong with it', () => {
  it.each<[string, Call, unknown, string]>([
    ['l2({ l2 })', l2, { l2: 0.1 }, 'l2: factor is {"l2":0.1}, but must be finite and at least 0.'],
    ['l1 text', l1, '0.1', 'l1: factor is "0.1"'],
    ['l1 NaN', l1, NaN, 'l1: factor is NaN'],
    ['l2 negative', l2, -1, 'l2: factor is -1'],
    ['l1l2(0.1)', l1l2, 0.1, 'l1l2: its options are 0.1, but must be a record.'],
    ['l1l2 misspelt', l1l2, { l3: 1 }, "l1l2: there is no option 'l3'. Did you mean 'l1'?"],
    ['orthogonal(0.1)', orthogonal, 0.1, 'orthogonal: its options are 0.1'],
    ['orthogonal mode', orthogonal, { mode: 'row' }, 'orthogonal: mode is "row". Did you mean \'rows\'?'],
    ['maxNorm(3)', maxNorm, 3, 'maxNorm: its options are 3, but must be a record. Write maxNorm({ maximum: 2 }).'],
    ['maxNorm misspelt', maxNorm, { max: 3 }, "maxNorm: there is no option 'max'. Did you mean 'maximum'?"],
    ['maxNorm text', maxNorm, { maximum: '3' }, 'maxNorm: maximum is "3"'],
    ['maxNorm null', maxNorm, { maximum: null }, 'maxNorm: maximum is null'],
    ['minMaxNorm turned round', minMaxNorm, { minimum: 3 }, 'minMaxNorm: minimum is 3, but must not exceed maximum'],
    ['unitNorm axis', unitNorm, { axis: 1.5 }, 'unitNorm: axis is 1.5'],
    [
      'record too many',
      penaltyRecord,
      { type: 'l2', factor: 0.1, facto: 3 },
      "dense: o: there is no option 'facto'. Did you mean 'factor'?",
    ],
    ['record kind', penaltyRecord, { type: 'l2', factor: '0.1' }, 'dense: o: factor is "0.1"'],
    ['record number', penaltyRecord, 0.1, 'dense: o is 0.1, which is no known penalty.'],
    ['record null', penaltyRecord, null, 'dense: o is null'],
    ['record list', penaltyRecord, [{ type: 'l2' }], 'dense: o is [{"type":"l2"}]'],
    ['record __proto__', penaltyRecord, { type: '__proto__' }, 'which is no known penalty'],
    ['record constructor', constraintRecord, { type: 'constructor' }, 'which is no known constraint'],
    [
      'constraint too many',
      constraintRecord,
      { type: 'maxNorm', maximum: 3, axis: 0, axes: 1 },
      "there is no option 'axes'. Did you mean 'axis'?",
    ],
    ['constraint of the wrong family', constraintRecord, { type: 'l2', factor: 1 }, 'which is no known constraint'],
  ])('%s', (_, call, given, message) => {
    expect(() => call(given as never)).toThrow(OptionError);
    expect(() => call(given as never)).toThrow(message);
  });
});

it('right calls give the records that they always gave', () => {
  expect(
    JSON.stringify([
      l1(),
      l2(0.5),
      l1l2({ l2: 1 }),
      orthogonal(),
      maxNorm(),
      minMaxNorm({ rate: 0.5 }),
      unitNorm({ axis: [0, 1] }),
    ]),
  ).toBe(
    '[{"type":"l1","factor":0.01},{"type":"l2","factor":0.5},{"type":"l1l2","l1":0,"l2":1},{"type":"orthogonal","factor":0.01,"mode":"rows"},' +
      '{"type":"maxNorm","maximum":2,"axis":0},{"type":"minMaxNorm","minimum":0,"maximum":1,"rate":0.5,"axis":0},{"type":"unitNorm","axis":[0,1]}]',
  );
});
