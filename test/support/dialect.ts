/** Which database the running jest project tests against; set by `globals` in jest.config.cjs. */
export type TestDialect = "sqlite" | "mariadb";

/** The running project's dialect: "mariadb" in the project of that name, "sqlite" everywhere else. */
export const dialect: TestDialect =
  (globalThis as { dialect?: TestDialect }).dialect === "mariadb" ? "mariadb" : "sqlite";
