import { terminalProgress } from "../../../src/cli/import/progress";

/** What a terminal of this width shows after these writes; throws where a line is longer than it is wide. */
function screen(width: number, output: string): string {
  const shown = output.split("\r\u001b[K");
  for (const line of shown) if (line.length >= width || line.includes("\n")) throw new Error(`spills over: ${line}`);
  return shown.at(-1) ?? "";
}

describe("progress on a terminal", () => {
  it("stays on one line, however narrow, and leaves nothing on it", () => {
    let output = "";
    let now = 0;
    const terminal = { columns: 30, write: (text: string) => (output += text) };
    const progress = terminalProgress(terminal, () => now);
    progress.begin("reading a file whose name is longer than the line.csv");
    now += 1_000;
    progress.at(12_345);
    expect(screen(30, output)).toBe("reading a file whose name is ");
    progress.begin("writing", 100);
    now += 1_000;
    progress.at(50);
    expect(screen(30, output)).toBe("writing: 50 of 100 rows, 50 r");
    progress.end();
    expect(screen(30, output)).toBe("");
  });

  it("writes nothing where there was nothing, and wipes once", () => {
    let output = "";
    const progress = terminalProgress({ columns: 0, write: (text: string) => (output += text) });
    progress.end();
    expect(output).toBe("");
    progress.begin("writing");
    progress.end();
    const wiped = output;
    progress.end();
    expect(output).toBe(wiped);
  });
});
