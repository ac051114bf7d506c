#!/usr/bin/env bash
# Runs the browser journeys against a platform of its own: browser.sh REPORT writes Playwright's JSON there.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
report="$1"
echo '{"stats":{"expected":0,"unexpected":1,"flaky":0}}' > "$report"

chromium="$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)"
if [[ -z $chromium ]] && command -v apt-get >/dev/null && [[ $EUID -eq 0 ]]; then
  echo "test: installing chromium with apt"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } > /dev/null 2>&1
  chromium="$(command -v chromium || true)"
fi
if [[ -z $chromium ]]; then
  echo "test: no browser: install chromium to run the journeys"
  exit 1
fi

[[ tests/Browser/node_modules/.package-lock.json -nt tests/Browser/package-lock.json ]] || npm --prefix tests/Browser ci --silent || exit 1

data="$(mktemp -d)"
log="$(mktemp)"
DOTNET_ENVIRONMENT=Development dotnet artifacts/bin/Escalation.Silo/release/Escalation.Silo.dll serve \
  --data "$data" --port 0 --no-demo > "$log" 2>&1 &
host=$!
stop() {
  kill -TERM "$host" 2>/dev/null
  wait "$host" 2>/dev/null
  rm -rf "$data" "$log"
}
trap stop EXIT

url=""
for _ in $(seq 600); do
  url="$(sed -nE 's/.*Escalation Platform +(http[^ ]+).*/\1/p' "$log")"
  [[ -n $url ]] && break
  kill -0 "$host" 2>/dev/null || break
  sleep 0.1
done
if [[ -z $url ]]; then
  echo "test: the platform did not start"
  cat "$log"
  exit 1
fi

(cd tests/Browser && PLATFORM_URL="$url" DEV_ACCESS="$data/dev-access.json" CHROMIUM="$chromium" \
  PLAYWRIGHT_JSON_OUTPUT_NAME="$report" npx playwright test --reporter=list,json)
