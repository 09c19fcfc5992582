/** What a page needs of the browser that opens it. */
export interface OpenOptions {
  /** The page is cross-origin isolated and wants threads. Default false. */
  isolated?: boolean;
}

/** A browser that shows a page. */
export interface OpenedBrowser {
  /** 'Firefox 128.3.0esr' */
  readonly version: string;
  /** What it wrote about trouble so far. */
  messages(): string;
  /** Settles when it has ended or its page has crashed. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}
