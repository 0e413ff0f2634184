#!/usr/bin/env bash
# Runs `npm run demo` as a newcomer does, on a free port and a database of its own, and pastes the three curl commands that it
# prints: the first answers, the second is refused with the field named, the third revokes, and then the first answers 401.
# Then stops it and starts it again on the same database. Ends with a line `N passed, N failed`; exits 1 when any failed.
set -euo pipefail
cd "$(dirname "$0")/.."

START_SECONDS=${START_SECONDS:-180}
folder=$(mktemp -d "${TMPDIR:-/tmp}/latchkey-smoke-XXXXXX")
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
export PORT=$port HOST=127.0.0.1 DATABASE_URL="sqlite:$folder/latchkey.db" DOCUMENTS_DIR="$folder/documents"
demo=
passed=0
failed=0
commands=()

stop_demo() {
  [ -n "$demo" ] || return 0
  kill -TERM -- "-$demo" 2>/dev/null || true
  wait "$demo" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 -- "-$demo" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$demo" 2>/dev/null || true
  demo=
}

cleanup() {
  stop_demo
  rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# check NAME COMMAND…: runs the command and counts it.
check() {
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    echo "ok      $name"
  else
    failed=$((failed + 1))
    echo "FAILED  $name"
  fi
}

# The curl commands in what the demo printed, one a line; lines that end in a backslash are joined with the next.
printed_commands() {
  sed -e ':join' -e '/\\$/{N;s/\\\n[[:space:]]*//;b join' -e '}' "$folder/demo.log" |
    sed -E 's/\x1b\[[0-9;]*m//g' | grep -E '^[[:space:]]*(\$ )?curl ' | sed -E 's/^[[:space:]]*(\$ )?//' || true
}

# Starts the demo in a process group of its own; succeeds when /readyz answers and three commands have been printed.
start_demo() {
  : >"$folder/demo.log"
  setsid npm run demo >"$folder/demo.log" 2>&1 </dev/null &
  demo=$!
  local deadline=$((SECONDS + START_SECONDS))
  while [ "$SECONDS" -lt "$deadline" ]; do
    mapfile -t commands < <(printed_commands)
    if [ "${#commands[@]}" -ge 3 ] && curl -fsS -o /dev/null "http://127.0.0.1:$port/readyz" 2>/dev/null; then
      [ "${#commands[@]}" -eq 3 ] && return 0
      echo "the demo printed ${#commands[@]} curl commands instead of 3"
      return 1
    fi
    kill -0 "$demo" 2>/dev/null || break
    sleep 0.2
  done
  echo "the demo ended, or was not ready after $START_SECONDS s; it printed:"
  tail -n 40 "$folder/demo.log"
  return 1
}

# answers STATUS PATTERN COMMAND: pastes the printed command into a shell; its answer must have the status and match.
answers() {
  local status=$1 pattern=$2 command=$3 answer
  answer=$(bash -c "$command -sS -w '\n%{http_code}'" 2>&1) || true
  if [ "${answer##*$'\n'}" = "$status" ] && grep -Eq "$pattern" <<<"$answer"; then return 0; fi
  printf 'expected %s and /%s/ from:\n  %s\ngot:\n%s\n' "$status" "$pattern" "$command" "$answer"
  return 1
}

answers_data() { answers 200 '"data":[[:space:]]*\{' "$1" && ! answers 200 '"errors"' "$1" >/dev/null; }

tour() {
  local which=$1
  check "$which: npm run demo comes up and prints three commands" start_demo
  if [ "${#commands[@]}" -eq 3 ]; then
    check "$which: the first command answers" answers_data "${commands[0]}"
    check "$which: the second is refused with the field named" answers 403 '"FORBIDDEN_FIELD"' "${commands[1]}"
    check "$which: the third revokes" answers 200 '"data":[[:space:]]*\{' "${commands[2]}"
    check "$which: then the first is refused" answers 401 '"UNAUTHENTICATED"' "${commands[0]}"
  else
    failed=$((failed + 4))
  fi
  stop_demo
}

tour "new database"
check "the database is where DATABASE_URL says" test -s "$folder/latchkey.db"
tour "same database again"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
