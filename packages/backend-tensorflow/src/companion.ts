/** What a kernel leaves beside its output for another one. */
export interface Companion {
  /** 'places': where oneDNN's max pooling found the maxima; 'sums': a smaller tensor whose column sums are the same. */
  role: 'places' | 'sums';
  handle: number;
}
