import type { NamePoolName } from "./names";

/** A city with an office. */
export interface Place {
  /** As employees' `location` has it. */
  readonly city: string;
  /** Share of the people, relative to the others'. */
  readonly weight: number;
  /** Pay relative to the company's middle, by what the city's market pays. */
  readonly pay: number;
  /** Country and area code. The numbers behind it begin with 555, which no operator hands out in most of these plans. */
  readonly phonePrefix: string;
  /** Where most of the people's names come from. */
  readonly names: readonly NamePoolName[];
}

/** The company's offices, the largest first. */
export const PLACES: readonly Place[] = [
  {
    city: "Amsterdam",
    weight: 20,
    pay: 1.08,
    phonePrefix: "+31 20",
    names: ["dutch", "dutch", "turkish", "german", "arabic"],
  },
  {
    city: "Berlin",
    weight: 16,
    pay: 1.02,
    phonePrefix: "+49 30",
    names: ["german", "german", "turkish", "slavic", "hebrew"],
  },
  { city: "Bengaluru", weight: 14, pay: 0.52, phonePrefix: "+91 80", names: ["indian"] },
  {
    city: "London",
    weight: 13,
    pay: 1.18,
    phonePrefix: "+44 20",
    names: ["english", "english", "irish", "indian", "westAfrican"],
  },
  {
    city: "New York",
    weight: 11,
    pay: 1.45,
    phonePrefix: "+1 212",
    names: ["english", "spanish", "hebrew", "italian", "korean"],
  },
  { city: "Lisbon", weight: 8, pay: 0.71, phonePrefix: "+351 21", names: ["portuguese"] },
  {
    city: "Singapore",
    weight: 7,
    pay: 1.12,
    phonePrefix: "+65 6",
    names: ["chinese", "chinese", "malay", "indian", "vietnamese"],
  },
  {
    city: "São Paulo",
    weight: 6,
    pay: 0.58,
    phonePrefix: "+55 11",
    names: ["portuguese", "portuguese", "italian", "japanese"],
  },
  {
    city: "Toronto",
    weight: 6,
    pay: 1.05,
    phonePrefix: "+1 416",
    names: ["english", "french", "chinese", "persian", "indian"],
  },
  { city: "Nairobi", weight: 4, pay: 0.47, phonePrefix: "+254 20", names: ["eastAfrican"] },
];
