/** A tensor's shape does not fit. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** An option is impossible, unknown or out of range. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/** A backend is missing, failed to start, or ran out of something. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
}

/** A file or a data set is damaged, incomplete or of another kind. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** Training met numbers it cannot go on with (NaN or infinity). */
export class NumericError extends Error {
  override readonly name = 'NumericError';
}
