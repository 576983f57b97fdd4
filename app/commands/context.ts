/** What every command is given: where to write, and how to say that it failed. */

/** The outside of a command, so that tests can look at all it says. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One line on standard output. */
  print(line: string): void;
  /** One line on standard error: progress, warnings. */
  note(line: string): void;
  /** Ends the command with exit code 1 when it is done. */
  fail(): void;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}
