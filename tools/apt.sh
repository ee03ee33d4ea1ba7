# SPDX-License-Identifier: MIT
# A private apt root: packages of another Debian suite from the machine's own mirror, without touching
# the system's lists and without root. To be sourced; functions only.
# shellcheck shell=sh

apt_keys=/usr/share/keyrings/debian-archive-keyring.gpg

# apt-get on the private root $1.
apt_in() {
    apt_dir=$1
    shift
    apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt_dir/sources" \
        -o Dir::Etc::PreferencesParts="$apt_dir/none" -o Dir::State="$apt_dir" \
        -o Dir::State::Lists="$apt_dir/lists" -o Dir::State::status="$apt_dir/status" \
        -o Dir::Cache="$apt_dir" -o Dir::Cache::Archives="$apt_dir/archives" \
        -o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false \
        -o APT::Update::Error-Mode=any -o APT::Sandbox::User=root "$@"
}

# The Debian archives that apt is configured with, whichever format its lists have.
apt_archives() {
    # shellcheck disable=SC2016  # apt expands these
    apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' |
        awk '$3 == "main" && $2 !~ /-/ && !seen[$1]++ { print $1 }'
}

# Make the root $1 for suite $2. The archive's signature decides which configured archive is Debian's;
# $1/log keeps what apt said.
apt_root() {
    [ -s "$1/ready" ] && return 0
    mkdir -p "$1/sources" "$1/none" "$1/lists/partial" "$1/archives/partial"
    : > "$1/status"
    : > "$1/log"
    for apt_uri in $(apt_archives); do
        printf 'Types: deb deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
            "$apt_uri" "$2" "$apt_keys" > "$1/sources/debian.sources"
        if apt_in "$1" update >> "$1/log" 2>&1; then
            echo "$2" > "$1/ready"
            return 0
        fi
    done
    echo "microlite: no Debian archive in apt's configuration serves the suite $2 (see $1/log)" >&2
    return 1
}
