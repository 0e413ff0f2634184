import fc from "fast-check";
import { ServiceError } from "../../src/kernel/service-error";
import { nameKeyOf, optionalText, requireText } from "../../src/kernel/text";

function refusal(act: () => unknown): ServiceError {
  try {
    act();
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a text that a client gives", () => {
  it("is trimmed", () => {
    expect(requireText("  Payroll ", "input.name", 120)).toBe("Payroll");
    expect(optionalText(" two\nlines ", "input.description", 1000)).toBe("two\nlines");
    expect(requireText("x".repeat(120), "input.name", 120)).toHaveLength(120);
  });

  it("is absent when blank, where it may be", () => {
    for (const blank of [null, undefined, "", "   ", "\n"])
      expect(optionalText(blank, "input.description", 10)).toBeNull();
  });

  it.each([
    ["blank", "   ", "input.name must not be empty"],
    ["too long", "x".repeat(121), "input.name must be at most 120 characters"],
    ["with NUL", "a\0b", "input.name must not contain control characters"],
    ["of two lines", "a\nb", "input.name must not contain control characters"],
    ["with half a surrogate pair", "a\ud800b", "input.name must not contain control characters"],
  ])("is refused %s, naming the field", (_, text, message) => {
    const error = refusal(() => requireText(text, "input.name", 120));
    expect(error).toMatchObject({ code: "BAD_USER_INPUT", message, details: { field: "input.name" } });
  });

  it.each(["Payroll\ufe0f", "Pay\u034froll", "Pay\u200droll", "Pay\u115froll", "Payroll\u3164", "\u3164", "\u2800"])(
    "is refused with what cannot be seen, so that no two names look like one: %j",
    (name) => {
      const error = refusal(() => requireText(name, "input.name", 120));
      expect(error.message).toBe("input.name must not contain invisible characters");
    },
  );

  it.each(["می\u200cخواهم", "क्\u200dष", "❤\ufe0f team", "👩\u200d💻 bots", "1\ufe0f⃣ one", "Größe"])(
    "is taken with joiners and selectors where they are part of letters and emoji: %s",
    (name) => {
      expect(requireText(name, "input.name", 120)).toBe(name);
    },
  );

  it("is refused with NUL or half a surrogate pair even where lines are allowed", () => {
    for (const text of ["a\0b", "a\udfffb", "\u0085a\u0007"]) {
      expect(refusal(() => optionalText(text, "input.description", 10)).code).toBe("BAD_USER_INPUT");
    }
  });
});

describe("the key of a name", () => {
  it("is one for every case and composition", () => {
    expect(nameKeyOf("PAYROLL")).toBe("payroll");
    expect(nameKeyOf("Cafe\u0301")).toBe(nameKeyOf("CAF\u00c9"));
  });

  it("fits into three times the length of the name", () => {
    expect(nameKeyOf("\ufb2c")).toHaveLength(3);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 120 }), (name) => {
        expect(nameKeyOf(name).length).toBeLessThanOrEqual(3 * name.length);
      }),
    );
  });
});
