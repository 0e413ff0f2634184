/**
 * One operation of the console as it is sent, with the types of its variables and its data, which exist for the compiler only
 * (`reply` is never there).
 */
export interface Operation<Data, Variables> {
  readonly text: string;
  readonly reply?: (variables: Variables) => Data;
}
