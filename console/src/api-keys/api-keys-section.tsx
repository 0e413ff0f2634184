import { useState } from "react";
import { EditPage } from "./edit-page";
import { GeneratePage } from "./generate-page";
import { KeyPage } from "./key-page";
import { FIRST_LIST, ListPage } from "./list-page";

/** The pages of API keys. What is listed is remembered here, so that one comes back from a key to where one was. */
export function ApiKeysSection({ route }: { readonly route: readonly string[] }) {
  const [list, setList] = useState(FIRST_LIST);
  const [first, second] = route;
  if (first === undefined) return <ListPage list={list} onChange={setList} />;
  if (first === "generate") return <GeneratePage />;
  if (second === "edit") return <EditPage key={first} id={first} />;
  return <KeyPage key={first} id={first} />;
}
