import { readKeySettings } from "../../src/api-keys/key-settings";
import { OnDenied } from "../../src/api-keys/on-denied";

describe("the settings of a key", () => {
  it("hold what was given, in the form in which it is stored, and nothing else", () => {
    expect(readKeySettings({ name: " Payroll " })).toEqual({ name: "Payroll" });
    const given = {
      name: "a",
      description: " ",
      application: " calendar ",
      deviceId: "Any",
      allowedIps: ["10.1.2.3/8", "10.0.0.0/8"],
    };
    expect(readKeySettings(given)).toEqual({
      name: "a",
      description: null,
      application: "calendar",
      deviceId: null,
      allowedIps: ["10.0.0.0/8"],
    });
  });

  it("are cleared by null", () => {
    const nulls = {
      description: null,
      application: null,
      deviceId: null,
      allowedIps: null,
      onDenied: null,
    };
    expect(readKeySettings(nulls)).toEqual({ ...nulls, onDenied: OnDenied.ERROR });
  });

  it.each([
    ["input.name", { name: "" }],
    ["input.name", { name: null }],
    ["input.name", { name: "x".repeat(300) }],
    ["input.description", { description: "x".repeat(1001) }],
    ["input.application", { application: "x".repeat(121) }],
    ["input.deviceId", { deviceId: "a\0b" }],
    ["input.allowedIps", { allowedIps: [] }],
    ["input.allowedIps", { allowedIps: Array<string>(51).fill("10.0.0.1") }],
    ["input.allowedIps[1]", { allowedIps: ["10.0.0.1", "10.0.0.1/33"] }],
  ])("are refused, naming %s", (field, input) => {
    expect(() => readKeySettings(input)).toThrow(
      expect.objectContaining({ code: "BAD_USER_INPUT", details: { field } }),
    );
  });
});
