import { Text } from "@mantine/core";

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const MINUTE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A day as people here write it, for places that take text alone. */
export function dayOf(at: string): string {
  return DAY.format(new Date(at));
}

/** An instant as people here write it, by the day or by the minute; its full value on hover. `none` where there is none. */
export function Instant(props: { readonly at: string | null; readonly none: string; readonly byMinute?: boolean }) {
  const { at, none, byMinute = false } = props;
  if (at === null) {
    return (
      <Text span inherit c="dimmed">
        {none}
      </Text>
    );
  }
  return (
    <time dateTime={at} title={at} className="number">
      {(byMinute ? MINUTE : DAY).format(new Date(at))}
    </time>
  );
}
