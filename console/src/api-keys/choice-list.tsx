import { Box, Text } from "@mantine/core";
import { type KeyboardEvent, useId, useState } from "react";

/** One entry of a list to choose from. */
export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly about: string | null;
}

/**
 * A list in which any number of entries is marked, by pointer or keys: arrows, Home and End go along it, Space marks, Ctrl+A marks
 * all, Enter or a double click moves what is marked (see the listbox pattern of the ARIA Authoring Practices).
 */
export function ChoiceList(props: {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly marked: ReadonlySet<string>;
  readonly empty: string;
  onMark(ids: ReadonlySet<string>): void;
  onMove(ids: readonly string[]): void;
}) {
  const { label, choices, marked, empty, onMark, onMove } = props;
  const [at, setAt] = useState(0);
  const prefix = useId();
  const active = choices[Math.min(at, choices.length - 1)];

  const toggle = (id: string): void => {
    const next = new Set(marked);
    if (!next.delete(id)) next.add(id);
    onMark(next);
  };

  const goTo = (place: number): void => {
    const next = Math.max(0, Math.min(choices.length - 1, place));
    setAt(next);
    const choice = choices[next];
    if (choice !== undefined) document.getElementById(prefix + choice.id)?.scrollIntoView({ block: "nearest" });
  };

  const press = (event: KeyboardEvent): void => {
    const place = Math.min(at, choices.length - 1);
    const deeds: Record<string, () => void> = {
      ArrowDown: () => goTo(place + 1),
      ArrowUp: () => goTo(place - 1),
      Home: () => goTo(0),
      End: () => goTo(choices.length - 1),
      " ": () => active !== undefined && toggle(active.id),
      Enter: () => onMove(marked.size > 0 ? [...marked] : choices.slice(place, place + 1).map(({ id }) => id)),
      a: () => onMark(new Set(choices.map(({ id }) => id))),
    };
    const deed = deeds[event.key];
    if (deed === undefined || (event.key === "a" && !event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    deed();
  };

  return (
    <Box
      className="choices"
      role="listbox"
      aria-label={label}
      aria-multiselectable="true"
      aria-activedescendant={active === undefined ? undefined : prefix + active.id}
      tabIndex={0}
      onKeyDown={press}
    >
      {choices.length === 0 && (
        <Text size="sm" c="dimmed" p="xs" role="presentation">
          {empty}
        </Text>
      )}
      {choices.map((choice, place) => (
        <Box
          key={choice.id}
          id={prefix + choice.id}
          className="choice"
          role="option"
          aria-selected={marked.has(choice.id)}
          data-active={choice === active || undefined}
          onClick={() => {
            setAt(place);
            toggle(choice.id);
          }}
          onDoubleClick={() => onMove([choice.id])}
        >
          <Text size="sm">{choice.name}</Text>
          {choice.about !== null && (
            <Text size="xs" c="dimmed" lineClamp={2}>
              {choice.about}
            </Text>
          )}
        </Box>
      ))}
    </Box>
  );
}
