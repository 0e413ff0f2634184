import type { MigrationInterface, QueryRunner } from "typeorm";
import {
  createTable,
  date,
  index,
  instant,
  integer,
  money,
  optional,
  primary,
  reference,
  varchar,
} from "./portable-table";

const stamped = [integer("version"), instant("createdAt"), instant("updatedAt")];

/** Time off and the history of pay. */
export class TimeOffAndCompensation1763730000000 implements MigrationInterface {
  readonly name = "TimeOffAndCompensation1763730000000";

  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      "time_off",
      [
        varchar("id", 36, primary),
        varchar("employeeId", 36),
        varchar("type", 60),
        date("startDate"),
        date("endDate"),
        varchar("status", 16),
        varchar("note", 1000, optional),
        ...stamped,
      ],
      {
        indices: [
          index("time_off_employee", "employeeId", "startDate", "id"),
          index("time_off_start_date", "startDate", "id"),
          index("time_off_status", "status", "id"),
        ],
        foreignKeys: [reference("time_off_employee_fk", "employeeId", "employee", "RESTRICT")],
      },
    );
    await createTable(
      runner,
      "compensation",
      [
        varchar("id", 36, primary),
        varchar("employeeId", 36),
        money("amount"),
        varchar("currency", 3),
        date("effectiveFrom"),
        date("effectiveTo", optional),
        ...stamped,
      ],
      {
        indices: [
          index("compensation_employee", "employeeId", "effectiveFrom", "id"),
          index("compensation_effective_from", "effectiveFrom", "id"),
          index("compensation_amount", "amount", "id"),
        ],
        foreignKeys: [reference("compensation_employee_fk", "employeeId", "employee", "RESTRICT")],
      },
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable("compensation");
    await runner.dropTable("time_off");
  }
}
