import { ServiceError } from "../kernel/service-error";

/**
 * BAD_USER_INPUT under a status of HTTP's own that tells more than 400 does: 413 for a body that is too large, 415 for one of another type,
 * 416 for a range that there is not.
 */
export class HttpFault extends ServiceError {
  constructor(
    private readonly faultStatus: 400 | 413 | 415 | 416,
    message: string,
    field?: string,
  ) {
    super("BAD_USER_INPUT", message, field === undefined ? {} : { field });
  }

  override get status(): number {
    return this.faultStatus;
  }
}
