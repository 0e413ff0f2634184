import { ApiError } from "../../console/src/api/client";
import { plainly, problemAt } from "../../console/src/api/field-problem";
import { fileNameOf } from "../../console/src/api-keys/file-name";
import { coversAllFields } from "../../console/src/api-keys/permission-draft";
import { readable, warningText } from "../../console/src/api-keys/words";

describe("words of the console", () => {
  it("name the inputs as the page does", () => {
    expect(plainly("input.grants[0].fields must not be empty")).toBe("Permissions must not be empty");
    expect(plainly("input.unheardOf must not be empty")).toBe("input.unheardOf must not be empty");
  });

  it("tell what is wrong at the input that an error names, and nothing at another", () => {
    const error = new ApiError("BAD_USER_INPUT", "input.name must not be empty", "input.name");
    expect(problemAt(error, "input.name")).toBe("Must not be empty");
    expect(problemAt(error, "input.nam")).toBeNull();
    expect(problemAt(null, "input.name")).toBeNull();
    const inside = new ApiError(
      "BAD_USER_INPUT",
      "input.grants[11].fields[0]: no such field",
      "input.grants[11].fields[0]",
    );
    expect(problemAt(inside, "input.grants[11]")).toBe("No such field");
    expect(problemAt(inside, "input.grants[1]")).toBeNull();
  });

  it("make names of the schema readable, and warnings loud", () => {
    expect(readable("timeOff")).toBe("Time off");
    expect(warningText("ALL_FIELDS: timeOff")).toContain("ALL of its fields");
    expect(warningText("ENDED_EARLY: GRACE")).toContain("grace period");
    expect(warningText("SOMETHING_NEW: x")).toBe("SOMETHING_NEW: x");
  });

  it("make a file name of any key's name", () => {
    expect(fileNameOf("Payroll: export/2")).toBe("payroll-export-2.apikey");
    expect(fileNameOf("../../Übergabe…")).toBe("ubergabe.apikey");
    expect(fileNameOf("***")).toBe("latchkey.apikey");
  });

  it("take no field for ALL fields only where an action goes by field", () => {
    expect(coversAllFields({ actions: ["READ"], fields: [] })).toBe(true);
    expect(coversAllFields({ actions: ["READ"], fields: ["name"] })).toBe(false);
    expect(coversAllFields({ actions: ["DELETE", "DOWNLOAD"], fields: [] })).toBe(false);
  });
});
