/** The closed set of error kinds: stable codes in one table, equal to `docs/reference/errors.md` by a test. */

/** Every error code with its meaning, in the order in which the reference page lists them. */
export const ERROR_CODES = {
  'config.syntax': 'The configuration file is not YAML.',
  'config.invalid':
    'The configuration holds keys or values that are not allowed; each is listed with file, line and column.',
  'config.unreadable': 'The configuration file cannot be read.',
  'source.unreachable': 'The camera does not answer at its address, or the file does not exist.',
  'source.unauthorised': 'The camera refuses the user name or the password.',
  'source.not-a-stream': 'Something answers at the address, but not with a stream that ffmpeg can read.',
  'source.no-video': 'The stream has no video track.',
  'source.stalled': 'The camera is connected but has sent no picture for longer than its stall limit.',
  'source.ended': 'The stream ended although the source is live.',
  'source.decode-failed': 'ffmpeg ended with an error while it decoded the stream.',
  'source.clock-jumped':
    'The stream clock of the camera jumped or drifted away, or the clock of this machine was set; it is opened again.',
  'source.format-changed': 'The stream changed its picture size or codec; it is opened again.',
  'ffmpeg.missing': 'The ffmpeg or ffprobe program cannot be started.',
  'footage.missing': 'No recorded segment covers the moment that was asked for.',
  'footage.failed': 'A clip or still could not be cut from the recorded segments.',
  'disk.full': 'The disk of the store is full.',
  'model.missing': 'The weights file of a model does not exist.',
  'model.hash-mismatch': 'The weights file is not the one that the manifest names: its SHA-256 differs.',
  'model.invalid': 'The file is not an ONNX model that this program can run.',
  'model.shape-mismatch': 'The inputs or outputs of the model do not fit its manifest.',
  'model.unsupported': 'The model uses a family, operator set or storage form that is not supported.',
  'model.download-failed': 'A public model could not be downloaded from its official address.',
  'inference.failed': 'A detection run ended with an error; its frame was given up.',
  'manifest.invalid': 'A model manifest holds keys or values that are not allowed.',
  'image.invalid': 'The file is not an image that can be decoded.',
  'dataset.invalid': 'A label file or a folder of a data set does not have the expected form.',
  'zone.invalid': 'A zone is not a simple polygon inside the picture.',
  'rule.invalid': 'The parameters of a rule are not allowed.',
  'state.invalid': 'Saved rule or tracker state does not fit the rule that should take it up.',
  'store.corrupt': 'The store holds something that contradicts itself.',
  'store.failed': 'The store could not be opened or written.',
  'codes.invalid':
    'The table of category codes of a city cannot be read or holds values that are not allowed.',
  'incident.not-found': 'There is no incident of this id.',
  'incident.conflict': 'Somebody else has reviewed the incident since it was read.',
  'incident.invalid': 'What was asked of an incident is not possible as it was put.',
  'broker.unreachable': 'The NATS server cannot be reached; the outbox waits.',
  'broker.unauthorised': 'The NATS server refuses the credentials; the outbox waits.',
  'broker.rejected': 'JetStream refused a message.',
  'clip.invalid': 'A benchmark clip or scenario file does not have the expected form.',
  'street.no-server':
    'The RTSP server that plays clips as cameras cannot run here: a Debian package is missing.',
  'street.server-ended': 'The RTSP server that plays clips as cameras ended by itself.',
  'street.no-renderer': 'The browser that renders scenarios cannot be started.',
  'api.unauthenticated': 'The request carries no valid session or token.',
  'api.credentials': 'The user name or the password is wrong.',
  'api.set-up-link': 'The set-up or invitation link is not valid, or was used already.',
  'api.forbidden': 'The role or the scopes of the caller do not allow this.',
  'api.cross-site':
    'The request seems to come from another web page: its origin or its CSRF token is not ours.',
  'api.not-found': 'There is nothing at this address that the caller may see.',
  'api.method-not-allowed': 'The address exists, but not with this method.',
  'api.invalid': 'The request has a form that is not allowed; each mistake is listed.',
  'api.too-large': 'The body or the address of the request is too large.',
  'api.media-type': 'The body of the request is not of a media type that is understood here.',
  'api.conflict': 'The state of the object does not allow this change.',
  'api.claimed': 'Somebody else is judging this incident at the moment.',
  'api.if-match-missing': 'A change needs the If-Match header with the ETag that was read.',
  'api.if-match-failed': 'The object was changed by somebody else since it was read.',
  'api.too-many-requests': 'There were too many attempts; try again after the time that Retry-After names.',
  'api.range': 'The range that was asked for lies outside the file.',
  'api.internal': 'An unexpected error in the server; the log has it under the request id.',
  'live.busy': 'The bound of live views or of viewers is reached.',
  'live.unavailable': 'The camera has no picture that can be shown live at the moment.',
  'audit.broken': 'The hash chain of the audit log is broken: an entry was changed, removed or inserted.',
} as const;

/** A stable error code, e.g. `source.unauthorised`. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error is about: the camera, the file and place in it, or other plain facts. Never a secret. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | undefined>>;

/** An error with a stable code. `message` is one sentence for a person; `context` holds the facts. */
export class StreetwatchError extends Error {
  override readonly name = 'StreetwatchError';
  readonly code: ErrorCode;
  readonly context: ErrorContext;

  /**
   * @param code one of {@link ERROR_CODES}.
   * @param message one sentence that names the camera, file or line concerned; no secrets.
   * @param options the underlying error as `cause`, and facts as `context`.
   */
  constructor(code: ErrorCode, message: string, options: { cause?: unknown; context?: ErrorContext } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
