import { importCommand } from "../../../src/cli/import";
import { TARGETS } from "../../../src/cli/import/import-target";
import "../../../src/registry";

describe("latchkey import --help", () => {
  it.each(TARGETS.map((target) => [target.resource.plural, target] as const))(
    "names every column of %s",
    (_, target) => {
      const help = importCommand().helpInformation();
      for (const { header } of target.columns) expect(help.split(/[\s,;]+/)).toContain(header);
    },
  );
});
