import { Box, Button, Input, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { type Choice, ChoiceList } from "./choice-list";

const NONE: ReadonlySet<string> = new Set();

/** API sets of a key: those marked under Available move to Selected, and back. */
export function SetPicker(props: {
  readonly sets: readonly Choice[];
  readonly selected: readonly string[];
  readonly error: string | null;
  onChange(ids: readonly string[]): void;
}) {
  const { sets, selected, error, onChange } = props;
  const [search, setSearch] = useState("");
  const [toAdd, setToAdd] = useState(NONE);
  const [toRemove, setToRemove] = useState(NONE);
  const wanted = search.trim().toLowerCase();
  const available = sets.filter(({ id, name }) => !selected.includes(id) && name.toLowerCase().includes(wanted));
  const chosen = selected.flatMap((id) => sets.find((set) => set.id === id) ?? { id, name: id, about: null });
  const adding = available.filter(({ id }) => toAdd.has(id)).map(({ id }) => id);

  const add = (ids: readonly string[]): void => {
    onChange([...selected, ...ids]);
    setToAdd(NONE);
  };
  const remove = (ids: readonly string[]): void => {
    onChange(selected.filter((id) => !ids.includes(id)));
    setToRemove(NONE);
  };

  return (
    <Box role="group" aria-label="API sets">
      {sets.length > 8 && (
        <TextInput
          mb="sm"
          aria-label="Search API sets"
          placeholder="Search API sets"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <Box className="picker">
        <Box>
          <Title text="Available" count={available.length} />
          <ChoiceList
            label="Available API sets"
            choices={available}
            marked={toAdd}
            empty={sets.length === 0 ? "There are no API sets yet." : "Nothing more to select."}
            onMark={setToAdd}
            onMove={add}
          />
        </Box>
        <Box className="picker-moves">
          <Button
            variant="default"
            size="compact-md"
            aria-label="Select marked API sets"
            disabled={adding.length === 0}
            onClick={() => add(adding)}
          >
            →
          </Button>
          <Button
            variant="default"
            size="compact-md"
            aria-label="Remove marked API sets"
            disabled={toRemove.size === 0}
            onClick={() => remove([...toRemove])}
          >
            ←
          </Button>
        </Box>
        <Box>
          <Title text="Selected" count={chosen.length} />
          <ChoiceList
            label="Selected API sets"
            choices={chosen}
            marked={toRemove}
            empty="None selected."
            onMark={setToRemove}
            onMove={remove}
          />
        </Box>
      </Box>
      {error !== null && (
        <Input.Error mt="xs" role="alert">
          {error}
        </Input.Error>
      )}
    </Box>
  );
}

function Title({ text, count }: { readonly text: string; readonly count: number }) {
  return (
    <Text size="sm" fw={500} mb={4}>
      {text}{" "}
      <Text span inherit c="dimmed" className="number">
        {count}
      </Text>
    </Text>
  );
}
