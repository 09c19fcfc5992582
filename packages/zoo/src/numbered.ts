/**
 * A layer's name as numbering would give it: 'conv2d', 'conv2d_1'. The models here write their names down, since starting
 * weights and saved files hang on them: a layer that is added to one then renames no other.
 */
export function numbered(type: string, place: number): string {
  return place === 0 ? type : `${type}_${place}`;
}
