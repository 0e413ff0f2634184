import type { Role } from "./role.entity";

/** What the audit trail keeps of a role; equal JSON for equal content. */
export type RoleSnapshot = Pick<Role, "name" | "description" | "level" | "inheritsId" | "authorities" | "grants">;

/** The content of a role without its identity and dates. */
export function roleSnapshot(role: RoleSnapshot): RoleSnapshot {
  const { name, description, level, inheritsId, authorities, grants } = role;
  return { name, description, level, inheritsId, authorities, grants };
}
