import "reflect-metadata";
import { Arg, Authorized, Ctx, Field, Float, ID, Int, ObjectType, Query, Resolver } from "type-graphql";
import { type EntityManager, MoreThan } from "typeorm";
import { Employee } from "../../src/resources/employee/employee.entity";

/** What the usual way's resolvers and auth checker see of a request. */
export interface UsualContext {
  readonly manager: EntityManager;
  /** `resource.field` of everything that the key may read; null without a key. */
  readonly permissions: ReadonlySet<string> | null;
}

@ObjectType("Viewer")
export class UsualViewer {
  @Authorized()
  @Field(() => String)
  kind!: string;
}

@ObjectType("Department")
export class UsualDepartment {
  @Field(() => ID)
  id!: string;

  @Authorized("department.name")
  @Field(() => String, { nullable: true })
  name!: string | null;
}

@ObjectType("Employee")
export class UsualEmployee {
  @Field(() => ID)
  id!: string;

  @Authorized("employee.firstName")
  @Field(() => String, { nullable: true })
  firstName!: string | null;

  @Authorized("employee.lastName")
  @Field(() => String, { nullable: true })
  lastName!: string | null;

  @Authorized("employee.email")
  @Field(() => String, { nullable: true })
  email!: string | null;

  @Authorized("employee.jobTitle")
  @Field(() => String, { nullable: true })
  jobTitle!: string | null;

  @Authorized("employee.salary")
  @Field(() => Float, { nullable: true })
  salary!: number | null;

  @Authorized("employee.department")
  @Field(() => UsualDepartment, { nullable: true })
  department!: UsualDepartment | null;
}

@ObjectType("EmployeeConnection")
export class UsualEmployees {
  @Field(() => [UsualEmployee])
  nodes!: UsualEmployee[];
}

/** Entities by `find` with relations, handed on as they come: resolvers as the tutorials of type-graphql and TypeORM write them. */
@Resolver()
export class UsualResolver {
  @Query(() => UsualViewer)
  viewer(): UsualViewer {
    return { kind: "API_KEY" };
  }

  @Query(() => UsualEmployee, { nullable: true })
  async employee(@Arg("id", () => ID) id: string, @Ctx() { manager }: UsualContext): Promise<UsualEmployee | null> {
    return (await manager.findOne(Employee, { where: { id } })) as UsualEmployee | null;
  }

  @Query(() => UsualEmployees)
  async employees(
    @Arg("first", () => Int) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Ctx() { manager }: UsualContext,
  ): Promise<UsualEmployees> {
    const nodes = await manager.find(Employee, {
      where: after ? { id: MoreThan(after) } : {},
      relations: { department: true },
      order: { id: "ASC" },
      take: first,
    });
    return { nodes: nodes as unknown as UsualEmployee[] };
  }
}
