const statuses = {
  InvalidRequest: 400,
  NotAuthentic: 401,
  WrongHost: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  PayloadTooLarge: 413,
};

/** A request to the gateway's control that isn't carried out. Its message says what to do. */
export class ControlError extends Error {
  override readonly name: keyof typeof statuses;

  constructor(name: keyof typeof statuses, message: string) {
    super(message);
    this.name = name;
  }

  /** The HTTP status. */
  get status(): number {
    return statuses[this.name];
  }
}
