/** How long and how often everybody is measured. */
export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
}

/**
 * Measures all subjects in rounds, one after the other in each, so that the machine's drift hits them alike. The order turns with
 * every round: whoever comes after a heavy one would else always meet a hot machine. The warm-up is thrown away.
 */
export async function interleaved<Subject, Figures>(
  subjects: readonly Subject[],
  { rounds, seconds, warmUpSeconds }: Plan,
  name: string,
  measureOnce: (subject: Subject, seconds: number) => Promise<Figures>,
): Promise<ReadonlyMap<Subject, Figures[]>> {
  const figures = new Map<Subject, Figures[]>(subjects.map((subject) => [subject, []]));
  for (const subject of subjects) await measureOnce(subject, warmUpSeconds);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? subjects : subjects.toReversed();
    for (const subject of order) figures.get(subject)?.push(await measureOnce(subject, seconds));
    process.stderr.write(`${name}: round ${round + 1} of ${rounds} done\n`);
  }
  return figures;
}
