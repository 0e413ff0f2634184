import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { resolvers, resources } from "../../src/registry";
import { buildLatchkeySchema, printLatchkeySchema } from "../../src/schema";

const schema = buildLatchkeySchema(resolvers);
const written = Object.values(schema.executable.getTypeMap()).filter(({ name }) => !name.startsWith("__"));

describe("schema.graphql", () => {
  it("is what the code says (mend with `npm run schema`)", () => {
    const file = readFileSync(join(__dirname, "../../schema.graphql"), "utf8");
    expect(file === printLatchkeySchema(schema)).toBe(true);
  });
});

describe("the schema", () => {
  it("describes every type, for whoever explores it", () => {
    const silent = written.filter(({ name, description }) => !description && !["Query", "Mutation"].includes(name));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it("holds the public names of DESIGN.md that are built so far", () => {
    const { executable } = schema;
    const queries = Object.keys(executable.getQueryType()?.getFields() ?? {});
    const mutations = Object.keys(executable.getMutationType()?.getFields() ?? {});
    expect(queries).toEqual(
      expect.arrayContaining(
        (
          "viewer users user roles role authorities resources apiSets apiSet apiKeys apiKey effectiveAccess settings auditEvents " +
          "departments department employees employee timeOffs timeOff compensations compensation"
        ).split(" "),
      ),
    );
    expect(mutations).toEqual(
      expect.arrayContaining(
        (
          "signIn signOut changePassword createUser updateUser setUserStatus setUserRoles createRole updateRole deleteRole " +
          "createApiSet updateApiSet deleteApiSet generateApiKey updateApiKey rotateApiKey setApiKeyEnabled revokeApiKey revokeAllApiKeys updateSettings " +
          "createEmployee updateEmployee deleteEmployee createDepartment updateDepartment deleteDepartment " +
          "createTimeOff updateTimeOff deleteTimeOff approveTimeOff rejectTimeOff cancelTimeOff " +
          "createCompensation updateCompensation deleteCompensation"
        ).split(" "),
      ),
    );
  });

  it("shows no column that holds a secret", () => {
    const names = written.flatMap((type) =>
      isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : [],
    );
    // A key's secrets are told by their dates alone.
    const type = schema.executable.getType("ApiKeySecret");
    const told = isObjectType(type) ? Object.keys(type.getFields()).sort() : [];
    expect(told).toEqual(["createdAt", "expiresAt", "firstUsedAt", "state"]);
    const dates = ["retiredSecretUsedAt", "secrets"];
    expect(names.filter((name) => /hash|digest|secret|pepper/i.test(name) && !dates.includes(name))).toEqual([]);
  });

  it("wraps no field of the records in a resolver but relations to many: the read path hands out plain values", () => {
    const lists = new Set(
      resources.flatMap((resource) => resource.lists.map(({ name }) => `${resource.typeName}.${name}`)),
    );
    const ofResources = resources.flatMap(({ typeName }) => [typeName, `${typeName}Connection`, `${typeName}Edge`]);
    for (const name of [...ofResources, "PageInfo"]) {
      const type = schema.executable.getType(name);
      if (!isObjectType(type)) throw new Error(`${name} is no object type`);
      const wrapped = Object.values(type.getFields()).filter(({ resolve }) => resolve !== undefined);
      expect(wrapped.map((field) => `${name}.${field.name}`).filter((field) => !lists.has(field))).toEqual([]);
    }
  });
});
