import { readFile } from "node:fs/promises";
import { columnHeader } from "../../../src/cli/csv/column-header";
import { columnsOf } from "../../../src/cli/export/export-columns";
import { targetNamed } from "../../../src/cli/import/import-target";
import { readCsv } from "../../../src/cli/import/read-csv";
import { resources } from "../../../src/registry";
import { dialect } from "../../support/dialect";
import { type ImportBench, openBench } from "../import/import-bench";
import { companyFiles, exportTo, type Folder, IMPORTABLE, importTexts, makeFolder } from "./company";

let bench: ImportBench;
let folder: Folder;
beforeAll(async () => {
  bench = await openBench();
  folder = await makeFolder();
  await importTexts(bench, folder, companyFiles(620));
});
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
});

describe(`an export of everything on ${dialect}`, () => {
  it.each(resources.map(({ name }) => name))("has a column of its own name for every field of %s", async (name) => {
    const resource = resources.find((one) => one.name === name)!;
    const text = await readFile(await exportTo(bench, folder, name), "utf8");
    const [header = ""] = text.split("\n");
    expect(header.split(",")).toEqual(resource.fields.map(columnHeader));
    expect(new Set(header.split(",")).size).toBe(resource.fields.length);
  });

  it.each(IMPORTABLE)("names every column of %s as the import does", (name) => {
    const { columns, derived } = targetNamed(name);
    const exported = columnsOf(resources.find((one) => one.name === name)!).map(({ header }) => header);
    expect(exported.sort()).toEqual([...columns.map(({ header }) => header), ...derived].sort());
  });

  it("comes back byte by byte by way of an import into an empty database, over several pages", async () => {
    const texts: Record<string, string> = {};
    for (const name of IMPORTABLE) texts[name] = await readFile(await exportTo(bench, folder, name), "utf8");
    expect(texts["employee"]?.split("\n").length).toBe(622);
    expect(texts["timeOff"]).toContain("=1+1");
    const other = await openBench();
    try {
      await importTexts(other, folder, texts);
      for (const name of IMPORTABLE) {
        expect(await readFile(await exportTo(other, folder, name), "utf8")).toBe(texts[name]);
      }
    } finally {
      await other.close();
    }
    // And into the database that it came from, where it changes nothing.
    const before = await bench.state();
    const auditless = (state: unknown) => ({ ...(state as object), audit: null });
    await importTexts(bench, folder, texts);
    expect(auditless(await bench.state())).toEqual(auditless(before));
  });

  it("keeps a record without a value where the file has one column", async () => {
    const columns = columnsOf(resources.find(({ name }) => name === "employee")!).filter(
      ({ name }) => name === "phone",
    );
    const path = await exportTo(bench, folder, "employee", { columns });
    let records = 0;
    for await (const { cells } of readCsv(path)) if (cells.length === 1) records += 1;
    expect(records).toBe(621);
  });

  it("leaves, when asked to be safe for spreadsheets, no cell that one would take for a formula", async () => {
    const path = await exportTo(bench, folder, "timeOff", { isExcelSafe: true });
    const text = await readFile(path, "utf8");
    expect(text.startsWith("\uFEFF")).toBe(true);
    const cells: string[] = [];
    for await (const record of readCsv(path)) cells.push(...record.cells);
    expect(cells).toContain("'=1+1");
    expect(cells).toContain("'@home");
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
  });

  it("leaves in the audit trail who took which fields and how many records, and no value", async () => {
    await bench.clear();
    await bench.run({ employee: "employee_number,first_name,last_name\n1,Ann,Lee\n" });
    await exportTo(bench, folder, "employee", { filter: { lastName: { eq: "Lee" } } });
    const rows = (await bench.audit()).filter(({ action }) => action.startsWith("export."));
    expect(rows.map(({ action, actorKind }) => [action, actorKind])).toEqual([
      ["export.begin", "OPERATOR"],
      ["export.employees", "OPERATOR"],
    ]);
    const fields = resources.find(({ name }) => name === "employee")!.fields.map(({ name }) => name);
    expect(JSON.parse(rows[1]!.after)).toEqual({
      resource: "employee",
      fields,
      isFiltered: true,
      rows: 1,
      isComplete: true,
    });
    expect(rows.map(({ after }) => after).join()).not.toContain("Lee");
  });
});
