/** One run of the setup. */
export interface SetupTask {
  readonly folder: string;
  readonly cuda: boolean;
  readonly log: (line: string) => void;
}
