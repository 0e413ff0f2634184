/** What a list field resolves to: Relay's connection, with `nodes` beside `edges`. Costly parts run only when selected. */
export interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly edges: () => readonly { readonly node: Node; readonly cursor: string }[];
  readonly pageInfo: () => {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: () => Promise<number>;
}

/** A connection for graphql-js, which may have to wait for some of the nodes. */
export type ConnectionInTurns<Node> = Connection<Node | Promise<Node>>;

/** The parts a page is made of; `cursorAt` seals the cursor of the node at an index, `count` counts the whole list. */
export interface PageParts<Node> {
  readonly nodes: readonly Node[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly cursorAt: (index: number) => string;
  readonly count: () => Promise<number>;
}

/**
 * Puts a page into connection form. graphql-js calls the functions, and reads the cursors, only for fields that the operation
 * selects: a cursor is sealed when it is read.
 */
export function toConnection<Node>(page: PageParts<Node>): Connection<Node> {
  const { nodes, cursorAt } = page;
  let counted: Promise<number> | undefined;
  return {
    nodes,
    edges: () => nodes.map((node, index) => new PageEdge(node, index, cursorAt)),
    pageInfo: () => new PageInfo(page),
    // Under however many aliases: a count reads the whole list.
    totalCount: () => {
      counted ??= page.count();
      return counted;
    },
  };
}

/** A class, since an object literal with getters makes a hidden class for each page, which the whole process then pays for. */
class PageInfo {
  constructor(private readonly page: PageParts<unknown>) {}

  get hasNextPage(): boolean {
    return this.page.hasNextPage;
  }

  get hasPreviousPage(): boolean {
    return this.page.hasPreviousPage;
  }

  get startCursor(): string | null {
    return this.page.nodes.length === 0 ? null : this.page.cursorAt(0);
  }

  get endCursor(): string | null {
    const { nodes, cursorAt } = this.page;
    return nodes.length === 0 ? null : cursorAt(nodes.length - 1);
  }
}

class PageEdge<Node> {
  constructor(
    readonly node: Node,
    private readonly index: number,
    private readonly cursorAt: PageParts<Node>["cursorAt"],
  ) {}

  get cursor(): string {
    return this.cursorAt(this.index);
  }
}
