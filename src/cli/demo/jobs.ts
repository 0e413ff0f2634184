/** A department with the work that is done in it. */
export interface DepartmentPlan {
  readonly code: string;
  readonly name: string;
  /** Share of the people, relative to the others'. */
  readonly weight: number;
  /** What somebody of the middle grade is paid a year in a city of middle pay. */
  readonly basePay: number;
  /** Title of the one who manages it. */
  readonly head: string;
  /** Title of those who lead its teams. */
  readonly lead: string;
  /** Titles of everyone else, before a grade is put in front. */
  readonly titles: readonly string[];
}

/** The first one is the top's own: its head is the executive whom all other heads report to. */
export const DEPARTMENTS: readonly DepartmentPlan[] = [
  department("EXEC", "Executive Office", 1, 74_000, "Chief Executive Officer", "Chief of Staff", [
    "Executive Assistant",
    "Strategy Analyst",
    "Programme Coordinator",
  ]),
  department("ENG", "Engineering", 26, 78_000, "VP of Engineering", "Engineering Lead", [
    "Software Engineer",
    "Software Engineer",
    "Frontend Engineer",
    "Data Engineer",
    "Site Reliability Engineer",
    "Test Engineer",
  ]),
  department("PROD", "Product & Design", 8, 76_000, "VP of Product", "Product Lead", [
    "Product Manager",
    "Product Designer",
    "User Researcher",
    "Technical Writer",
  ]),
  department("RSCH", "Research", 4, 84_000, "Head of Research", "Research Lead", [
    "Research Scientist",
    "Data Scientist",
    "Machine Learning Engineer",
  ]),
  department("SALES", "Sales", 15, 58_000, "VP of Sales", "Sales Lead", [
    "Account Executive",
    "Sales Development Representative",
    "Solutions Consultant",
    "Partner Manager",
  ]),
  department("MKT", "Marketing", 7, 56_000, "VP of Marketing", "Marketing Lead", [
    "Marketing Specialist",
    "Content Strategist",
    "Brand Designer",
    "Event Planner",
  ]),
  department("CS", "Customer Success", 13, 50_000, "VP of Customer Success", "Support Lead", [
    "Support Specialist",
    "Support Specialist",
    "Customer Success Manager",
    "Onboarding Specialist",
  ]),
  department("OPS", "Operations", 10, 47_000, "VP of Operations", "Operations Lead", [
    "Operations Analyst",
    "Logistics Coordinator",
    "Supply Planner",
    "Quality Inspector",
  ]),
  department("FIN", "Finance", 6, 62_000, "Chief Financial Officer", "Finance Lead", [
    "Accountant",
    "Financial Analyst",
    "Payroll Specialist",
    "Tax Specialist",
  ]),
  department("HR", "People", 4, 55_000, "Chief People Officer", "People Lead", [
    "HR Business Partner",
    "Recruiter",
    "Learning Specialist",
    "Benefits Specialist",
  ]),
  department("IT", "IT & Security", 4, 66_000, "Chief Information Officer", "IT Lead", [
    "Systems Administrator",
    "Security Engineer",
    "Network Engineer",
    "Service Desk Analyst",
  ]),
  department("LEGAL", "Legal", 2, 82_000, "General Counsel", "Legal Lead", [
    "Counsel",
    "Privacy Specialist",
    "Contracts Specialist",
    "Compliance Analyst",
  ]),
];

function department(
  code: string,
  name: string,
  weight: number,
  basePay: number,
  head: string,
  lead: string,
  titles: readonly string[],
): DepartmentPlan {
  return { code, name, weight, basePay, head, lead, titles };
}

/** How far somebody without people has come: what stands before the title, and pay relative to the middle grade. */
export const GRADES = [
  { prefix: "Associate ", weight: 22, pay: 0.74 },
  { prefix: "", weight: 43, pay: 1 },
  { prefix: "Senior ", weight: 27, pay: 1.34 },
  { prefix: "Principal ", weight: 8, pay: 1.72 },
] as const;

/** Pay of those who lead, relative to the middle grade of their department. */
export const LEADER_PAY = { executive: 5.6, head: 3.1, lead: 1.95 } as const;
