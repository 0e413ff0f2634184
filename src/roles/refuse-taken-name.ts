import { ServiceError } from "../kernel/service-error";
import { isUniqueViolation } from "../store/violation";

/** Runs `work` and answers CONFLICT when its only unique value, the role's name, is taken. */
export async function refuseTakenName<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ServiceError(
      "CONFLICT",
      `There is a role named ${JSON.stringify(name)} already.`,
      { field: "input.name" },
      error,
    );
  }
}
