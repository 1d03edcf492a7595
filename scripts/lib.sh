# What demo, test and bench share: installing what is missing, and building. Sourced by bash, from anywhere.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export LC_ALL=C.UTF-8 LANG=C.UTF-8
export CMAKE_COLOR_DIAGNOSTICS=${CMAKE_COLOR_DIAGNOSTICS:-OFF}

say() { printf '%s\n' "$*"; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Packages of the given lists that are neither installed nor stood in for by a command.
missing_packages() {
  local list line package command
  local -A wanted=()
  for list in "$@"; do
    while read -r line; do
      line=${line%%#*}
      read -r package command <<<"$line"
      [[ -n ${package:-} ]] || continue
      [[ -n ${command:-} ]] && command -v "$command" >/dev/null && continue
      wanted[$package]=1
    done <"$root/scripts/packages/$list.txt"
  done
  while read -r status package; do
    [[ $status == installed ]] && unset "wanted[$package]"
  done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${!wanted[@]}" 2>/dev/null || true)
  ((${#wanted[@]} == 0)) || printf '%s\n' "${!wanted[@]}" | sort
}

# Installs what is missing of the given lists ("build", "test").
ensure_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "these Debian 12 packages are needed: ${missing[*]}"
  ((EUID == 0)) || die "run this once as root, or: apt-get install --no-install-recommends ${missing[*]}"
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# ensure_node_modules production|all: installs package-lock.json's packages when it has changed since the last time, either those
# that the pages are made of or the tests' as well.
ensure_node_modules() {
  local wanted=$1 modules=$root/node_modules
  cmp -s "$root/package-lock.json" "$modules/.installed-all" && return 0
  [[ $wanted == production ]] && cmp -s "$root/package-lock.json" "$modules/.installed-production" && return 0
  say "Installing npm packages"
  local omit=()
  [[ $wanted == all ]] || omit=(--omit=dev)
  (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error "${omit[@]}")
  cp "$root/package-lock.json" "$modules/.installed-$wanted"
}

# configure PRESET [OPTION...]: runs CMake when this build directory has none of it yet or an option is new to it.
configure() {
  local preset=$1 option cache=$root/build/$1/CMakeCache.txt needed=0
  shift
  [[ -f $root/build/$preset/build.ninja && -f $cache ]] || needed=1
  for option in "$@"; do
    option=${option#-D}
    ((needed)) || grep -qE "^${option%%=*}:[A-Z]+=${option#*=}$" "$cache" || needed=1
  done
  ((needed)) || return 0
  if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
  (cd "$root" && cmake --preset "$preset" "$@")
}

# build PRESET [TARGET...]: quiet when there is nothing to do.
build() {
  local preset=$1
  shift
  ninja -C "$root/build/$preset" --quiet "$@"
}
