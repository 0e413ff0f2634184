import { type MigrationInterface, type QueryRunner, TableForeignKey } from "typeorm";
import {
  boolean,
  createTable,
  date,
  index,
  instant,
  integer,
  money,
  optional,
  primary,
  reference,
  text,
  uniqueIndex,
  varchar,
} from "./portable-table";

const stamped = [integer("version"), instant("createdAt"), instant("updatedAt")];

/** Users, roles, sessions, API sets, keys, the audit trail, departments and employees. */
export class Initial1763712000000 implements MigrationInterface {
  readonly name = "Initial1763712000000";

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, "epoch", [integer("id", primary), integer("value")]);
    await runner.query("INSERT INTO epoch (id, value) VALUES (1, 1)");
    await createPeople(runner);
    await createKeys(runner);
    await createTrail(runner);
    await createRecords(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropForeignKey("department", "department_manager_fk");
    const tables = [
      "employee",
      "department",
      "audit_event",
      "api_key_secret",
      "api_key_api_set",
      "api_key",
      "api_set",
      "session",
      "user_role",
      "user",
      "role",
      "epoch",
    ];
    for (const table of tables) await runner.dropTable(table);
  }
}

async function createPeople(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    "role",
    [
      varchar("id", 36, primary),
      varchar("key", 32, optional),
      varchar("name", 120),
      varchar("nameKey", 360),
      varchar("description", 1000, optional),
      integer("level"),
      varchar("inheritsId", 36, optional),
      text("authorities"),
      text("grants"),
      ...stamped,
    ],
    {
      indices: [
        uniqueIndex("role_key", "key"),
        uniqueIndex("role_name_key", "nameKey"),
        index("role_inherits", "inheritsId"),
      ],
      foreignKeys: [reference("role_inherits_fk", "inheritsId", "role", "RESTRICT")],
    },
  );
  await createTable(
    runner,
    "user",
    [
      varchar("id", 36, primary),
      varchar("kind", 16),
      varchar("status", 16),
      varchar("firstName", 120),
      varchar("lastName", 120),
      varchar("nameKey", 723),
      varchar("email", 254),
      varchar("emailKey", 762),
      varchar("passwordHash", 255, optional),
      integer("failedSignIns"),
      instant("lockedUntil", optional),
      instant("expiresAt", optional),
      varchar("employeeId", 36, optional),
      ...stamped,
      instant("lastSignInAt", optional),
    ],
    { indices: [uniqueIndex("user_email_key", "emailKey"), index("user_employee", "employeeId")] },
  );
  await createTable(runner, "user_role", [varchar("userId", 36, primary), varchar("roleId", 36, primary)], {
    indices: [index("user_role_role", "roleId")],
    foreignKeys: [
      reference("user_role_user_fk", "userId", "user", "CASCADE"),
      reference("user_role_role_fk", "roleId", "role", "RESTRICT"),
    ],
  });
  await createTable(
    runner,
    "session",
    [
      varchar("id", 12, primary),
      varchar("userId", 36),
      varchar("digest", 64),
      integer("pepperVersion"),
      instant("createdAt"),
      instant("expiresAt"),
      varchar("ip", 64, optional),
      varchar("client", 120, optional),
    ],
    {
      indices: [uniqueIndex("session_digest", "digest"), index("session_user", "userId")],
      foreignKeys: [reference("session_user_fk", "userId", "user", "CASCADE")],
    },
  );
}

async function createKeys(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    "api_set",
    [
      varchar("id", 36, primary),
      varchar("name", 120),
      varchar("nameKey", 360),
      varchar("description", 1000, optional),
      text("grants"),
      ...stamped,
    ],
    { indices: [uniqueIndex("api_set_name_key", "nameKey")] },
  );
  await createTable(
    runner,
    "api_key",
    [
      varchar("id", 12, primary),
      varchar("ownerId", 36),
      varchar("name", 120),
      varchar("nameKey", 360),
      varchar("description", 1000, optional),
      boolean("isEnabled"),
      instant("expiresAt", optional),
      instant("revokedAt", optional),
      varchar("revokedById", 36, optional),
      varchar("application", 120, optional),
      varchar("deviceId", 120, optional),
      text("allowedIps", optional),
      varchar("onDenied", 8, { default: "'ERROR'" }),
      text("grants"),
      boolean("hasSuppliedValue"),
      integer("version"),
      instant("createdAt"),
      varchar("createdById", 36, optional),
      instant("lastUsedAt", optional),
      varchar("lastUsedIp", 64, optional),
    ],
    {
      indices: [index("api_key_owner", "ownerId")],
      foreignKeys: [reference("api_key_owner_fk", "ownerId", "user", "RESTRICT")],
    },
  );
  await createTable(runner, "api_key_api_set", [varchar("apiKeyId", 12, primary), varchar("apiSetId", 36, primary)], {
    indices: [index("api_key_api_set_set", "apiSetId")],
    foreignKeys: [
      reference("api_key_api_set_key_fk", "apiKeyId", "api_key", "CASCADE"),
      reference("api_key_api_set_set_fk", "apiSetId", "api_set", "RESTRICT"),
    ],
  });
  await createTable(
    runner,
    "api_key_secret",
    [
      varchar("id", 36, primary),
      varchar("apiKeyId", 12),
      varchar("digest", 64),
      integer("pepperVersion"),
      varchar("state", 8),
      instant("createdAt"),
      instant("expiresAt", optional),
      instant("firstUsedAt", optional),
    ],
    {
      indices: [uniqueIndex("api_key_secret_digest", "digest"), index("api_key_secret_key", "apiKeyId")],
      foreignKeys: [reference("api_key_secret_key_fk", "apiKeyId", "api_key", "CASCADE")],
    },
  );
}

async function createTrail(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    "audit_event",
    [
      varchar("id", 36, primary),
      instant("at"),
      varchar("actorKind", 16),
      varchar("actorId", 36, optional),
      varchar("actorName", 320, optional),
      varchar("action", 64),
      varchar("severity", 16),
      varchar("targetKind", 32, optional),
      varchar("targetId", 36, optional),
      varchar("targetName", 320, optional),
      text("before", optional),
      text("after", optional),
      varchar("ip", 64, optional),
      varchar("client", 120, optional),
      varchar("requestId", 64),
    ],
    { indices: [index("audit_event_at", "at"), index("audit_event_target", "targetId")] },
  );
}

async function createRecords(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    "department",
    [
      varchar("id", 36, primary),
      varchar("code", 32),
      varchar("name", 120),
      varchar("managerId", 36, optional),
      ...stamped,
    ],
    {
      indices: [
        uniqueIndex("department_code", "code"),
        index("department_name", "name", "id"),
        index("department_manager", "managerId", "id"),
      ],
    },
  );
  await createTable(
    runner,
    "employee",
    [
      varchar("id", 36, primary),
      varchar("employeeNumber", 32),
      varchar("firstName", 120),
      varchar("lastName", 120),
      varchar("email", 320, optional),
      varchar("phone", 64, optional),
      date("birthDate", optional),
      varchar("gender", 32, optional),
      date("hireDate", optional),
      date("terminationDate", optional),
      varchar("jobTitle", 120, optional),
      varchar("location", 120, optional),
      money("salary", optional),
      varchar("departmentId", 36, optional),
      varchar("managerId", 36, optional),
      ...stamped,
    ],
    {
      indices: [
        uniqueIndex("employee_employee_number", "employeeNumber"),
        index("employee_last_name", "lastName", "id"),
        index("employee_first_name", "firstName", "id"),
        index("employee_email", "email", "id"),
        index("employee_hire_date", "hireDate", "id"),
        index("employee_job_title", "jobTitle", "id"),
        index("employee_location", "location", "id"),
        index("employee_salary", "salary", "id"),
        index("employee_department", "departmentId", "id"),
        index("employee_manager", "managerId", "id"),
      ],
      foreignKeys: [
        reference("employee_department_fk", "departmentId", "department", "RESTRICT"),
        reference("employee_manager_fk", "managerId", "employee", "RESTRICT"),
      ],
    },
  );
  // Departments and employees refer to each other: this one can only follow when both are there.
  await runner.createForeignKey(
    "department",
    new TableForeignKey(reference("department_manager_fk", "managerId", "employee", "RESTRICT")),
  );
}
