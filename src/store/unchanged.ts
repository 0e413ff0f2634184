/** What the work of a `store.change` returns when there was nothing to change; it must not have written anything. */
export class Unchanged<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** What the change is to return all the same. */
  get value(): T {
    return this.#value;
  }
}
