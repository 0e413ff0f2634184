import { ServiceError } from "../kernel/service-error";
import { isUniqueViolation } from "../store/violation";

/** Runs `work` and answers CONFLICT when its only unique value, the user's email, is taken. */
export async function refuseTakenEmail<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ServiceError("CONFLICT", "Another user has this email address.", { field: "input.email" }, error);
  }
}
