import { BackendError } from '@striate/core';

/** Why oneDNN cannot be used, and what would mend it. */
export class UnusableError extends BackendError {
  readonly reason: string;
  readonly remedy: string;

  constructor(reason: string, remedy: string, options?: ErrorOptions) {
    super(`onednn: ${reason} ${remedy}`, options);
    this.reason = reason;
    this.remedy = remedy;
  }
}
