import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { auditActions } from "../../src/audit/audit-actions";
import { resources } from "../../src/registry";

describe("the table of audit actions in docs/operating.md", () => {
  it("has every action that a row can have, and no other", () => {
    const text = readFileSync(resolve(__dirname, "../../docs/operating.md"), "utf8");
    const documented = [...text.matchAll(/^\| `(\w+)\.` \| (.*) \|$/gm)].flatMap(([, area, cell = ""]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, verb]) => `${area}.${verb}`),
    );
    expect([...documented].sort()).toEqual(auditActions().sort());
    expect(documented).toEqual([...new Set(documented)]);
    for (const { name } of resources) expect(documented).toContain(`${name}.update`);
  });
});
