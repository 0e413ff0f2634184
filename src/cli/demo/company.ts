/** A department as `generateCompany` makes it; property names are the entity's. */
export interface CompanyDepartment {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly managerId: string;
}

/** An employee as `generateCompany` makes them; property names are the entity's, dates are `YYYY-MM-DD`. */
export interface CompanyEmployee {
  readonly id: string;
  readonly employeeNumber: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly birthDate: string;
  readonly gender: string;
  readonly hireDate: string;
  readonly terminationDate: string | null;
  readonly jobTitle: string;
  readonly location: string;
  /** Per year. */
  readonly salary: number;
  readonly departmentId: string;
  /** Null for the one at the top only. */
  readonly managerId: string | null;
}

/** Departments and people. `employees` are in the order of being hired, which is also that of number and id. */
export interface Company {
  readonly departments: readonly CompanyDepartment[];
  readonly employees: readonly CompanyEmployee[];
}
