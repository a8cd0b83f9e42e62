# Sourced by the scripts beside it. `setup EXTRAS…` makes .venv with Stepwise and these extras, once per pyproject.toml;
# afterwards it needs no network. Honours PYTHON (an interpreter >= 3.11).
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  echo "Stepwise needs Python 3.11 or newer; none was found on PATH. Install one, or name it: PYTHON=/path/to/python3 $0" >&2
  return 1
}

# Runs a command that ends with this script, and all that it started with it.
below() {
  local child status=0
  setsid "$@" &
  child=$!
  trap 'kill -- "-$child" 2>/dev/null; exit 143' TERM
  trap 'kill -- "-$child" 2>/dev/null; exit 130' INT
  wait "$child" || status=$?
  trap - TERM INT
  return "$status"
}

setup() {
  local extras python stamp wanted
  extras="$(IFS=,; echo "$*")"
  stamp="$root/.venv/stepwise-$(echo "${extras:-core}" | tr ',' '-').stamp"
  wanted="$(cat "$root/pyproject.toml" "$root/scripts/constraints.txt" | sha256sum)"
  if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
    if [ ! -w "$root" ]; then
      echo "$root can't be written, and Stepwise is installed into $root/.venv." >&2
      return 1
    fi
    if [ ! -x "$root/.venv/bin/python" ]; then
      python="$(find_python)" || return 1
      if ! below "$python" -m venv "$root/.venv"; then
        rm -rf "$root/.venv"
        echo "$python could not make a virtual environment (on Debian and Ubuntu: apt-get install python3-venv)." >&2
        return 1
      fi
    fi
    echo "Installing Stepwise${extras:+ with $extras} into .venv, once (a minute, 250 MB without extras) …" >&2
    if ! below "$root/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile \
      --constraint "$root/scripts/constraints.txt" --editable "$root${extras:+[$extras]}" >"$root/.venv/install.log" 2>&1; then
      tail -n 15 "$root/.venv/install.log" >&2
      echo "The installation failed; the whole log is .venv/install.log. Without a network? The first run needs one." >&2
      return 1
    fi
    # pip compiles on one core; a file that is no Python of this version stays as it is. Of what extras bring, most is
    # never imported: Python compiles what it meets
    [ -n "$extras" ] || below "$root/.venv/bin/python" -m compileall -q -j 0 "$root/.venv/lib" >/dev/null 2>&1 || true
    echo "$wanted" >"$stamp"
  fi
  export PATH="$root/.venv/bin:$PATH"
}
